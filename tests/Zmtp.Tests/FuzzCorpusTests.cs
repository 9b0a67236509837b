using Zmtp.Fuzz;

namespace Zmtp.Tests;

/// <summary>Every input that was found by fuzzing or written for it, taken once more: a fault that was mended stays mended.</summary>
public sealed class FuzzCorpusTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.All.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Corpus_OfATarget_PassesAgain(string target)
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Zmtp.Fuzz", "corpus", target));
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var failure = Record.Exception(() => FuzzTargets.All[target](File.ReadAllBytes(file)));
            Assert.True(failure is null, $"{file}: {failure}");
        }
    }

    // A target that finds nothing wrong in anything would pass as well.
    [Fact]
    public void Record_OfASessionThatSendsAMessage_Throws()
    {
        ISessionOutput record = new SessionRecord();
        record.Send(PeerBytes.Greeting());
        record.Send(PeerBytes.Ready("DEALER"));
        Assert.Throws<Finding>(() => record.Send(PeerBytes.Message("ping")));
    }

    [Fact]
    public void Record_OfASessionThatSendsAPing_Throws()
    {
        ISessionOutput record = new SessionRecord();
        record.Send(PeerBytes.Greeting());
        Assert.Throws<Finding>(() => record.Send(PeerBytes.Command("PING", 0, 0)));
    }
}
