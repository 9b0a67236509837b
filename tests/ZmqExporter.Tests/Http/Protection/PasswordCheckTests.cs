using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Http.Protection;

namespace ZmqExporter.Tests.Http.Protection;

public sealed class PasswordCheckTests : IDisposable
{
    private readonly ConcurrentQueue<(string Password, string Hash)> _compared = [];
    private readonly PasswordCheck _check;

    // A password is right when it is its own hash: what is compared is what is tested.
    public PasswordCheckTests() => _check = new PasswordCheck((password, hash) =>
    {
        _compared.Enqueue((password, hash));
        return password == hash;
    });

    [Theory]
    [InlineData("alice", "wonderland", true)]
    [InlineData("alice", "fish", false)]
    [InlineData("alice", "", false)]
    [InlineData("bob", "wonderland", false)] // somebody else's
    [InlineData("ALICE", "wonderland", false)]
    public async Task IsRight_EachPair_IsJudgedByItsOwnHash(string user, string password, bool isRight) =>
        Assert.Equal(isRight, await AskAsync(user, password));

    [Theory]
    [InlineData("alice", "wonderland")]
    [InlineData("alice", "fish")]
    [InlineData("nobody", "fish")]
    public async Task IsRight_AskedAgain_ComparesOnce(string user, string password)
    {
        var first = await AskAsync(user, password);

        Assert.Equal(first, await AskAsync(user, password));
        Assert.Single(_compared);
    }

    [Fact]
    public async Task IsRight_UnknownUser_ComparesAsForAKnownOneAndSaysNo()
    {
        // Whichever hash is taken, one of these is its password.
        Assert.False(await AskAsync("nobody", "wonderland"));
        Assert.False(await AskAsync("nobody", "builder"));

        Assert.Equal(2, _compared.Count);
        Assert.Single(_compared.Select(pair => pair.Hash).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task IsRight_AnotherHash_TheOldPasswordIsForgotten()
    {
        Assert.True(await AskAsync("alice", "wonderland"));

        Assert.False(await _check.IsRightAsync(Users(("alice", "new")), "alice", "wonderland", Client(1), TestContext.Current.CancellationToken));
        Assert.False(await _check.IsRightAsync(Users(("bob", "builder")), "alice", "wonderland", Client(1), TestContext.Current.CancellationToken));
        Assert.True(await AskAsync("alice", "wonderland"));
    }

    [Fact]
    public async Task IsRight_AfterManyWrongOnes_StillKnowsTheRightOne()
    {
        await AskAsync("alice", "wonderland");
        for (var i = 0; i < 2_000; i++)
        {
            await AskAsync("alice", $"guess {i}");
        }

        var compared = _compared.Count;
        Assert.True(await AskAsync("alice", "wonderland"));
        Assert.Equal(compared, _compared.Count);

        // What is kept is bounded: the first guess is compared once more.
        await AskAsync("alice", "guess 0");
        Assert.Equal(compared + 1, _compared.Count);
    }

    [Fact]
    public async Task IsRight_WhileManyWait_RefusesFurtherOnesAndKeepsAnsweringWhoIsKnown()
    {
        using var hold = new ManualResetEventSlim();
        using var busy = new PasswordCheck((password, hash) =>
        {
            if (password != "wonderland")
            {
                hold.Wait(TestContext.Current.CancellationToken);
            }

            return password == hash;
        });
        var users = Users(("alice", "wonderland"));
        var cancellation = TestContext.Current.CancellationToken;
        Assert.True(await busy.IsRightAsync(users, "alice", "wonderland", Client(1), cancellation));
        var first = Task.Run(() => busy.IsRightAsync(users, "alice", "guess", Client(1), cancellation), cancellation);
        var waiting = Enumerable.Range(0, 100).Select(i => Task.Run(() => busy.IsRightAsync(users, "alice", $"guess {i}", Client(i), cancellation), cancellation)).ToArray();

        Assert.Null(await await Task.WhenAny(waiting)); // only a refusal can come while the comparison stands
        Assert.True(await busy.IsRightAsync(users, "alice", "wonderland", Client(1), cancellation));
        hold.Set();
        Assert.All(await Task.WhenAll([first, .. waiting]), answer => Assert.NotEqual(true, answer));
    }

    [Fact]
    public async Task IsRight_OneClientGuesses_AnotherOneIsNotRefused()
    {
        using var hold = new ManualResetEventSlim();
        using var busy = new PasswordCheck((password, hash) =>
        {
            hold.Wait(TestContext.Current.CancellationToken);
            return password == hash;
        });
        var users = Users(("alice", "wonderland"));
        var cancellation = TestContext.Current.CancellationToken;
        var guesses = Enumerable.Range(0, 40).Select(i => Task.Run(() => busy.IsRightAsync(users, "alice", $"guess {i}", Client(1), cancellation), cancellation)).ToArray();
        await Eventually.TrueAsync(() => guesses.Count(guess => guess.IsCompleted) == 36, "all but four are refused");

        var other = busy.IsRightAsync(users, "alice", "wonderland", Client(2), cancellation);
        hold.Set();

        Assert.True(await other);
        Assert.Equal(36, (await Task.WhenAll(guesses)).Count(answer => answer is null));
        Assert.False(await busy.IsRightAsync(users, "alice", "guess again", Client(1), cancellation)); // its places are free again
    }

    // $2y$ is what htpasswd makes.
    [Theory]
    [InlineData("fakepassword", true)]
    [InlineData("fakepasswor", false)]
    public async Task IsRight_RealBcrypt_KnowsTheHashesOfOtherPrograms(string password, bool isRight)
    {
        using var real = new PasswordCheck();
        var users = Users(("alice", "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"));

        Assert.Equal(isRight, await real.IsRightAsync(users, "alice", password, Client(1), TestContext.Current.CancellationToken));
    }

    public void Dispose() => _check.Dispose();

    private static EquatableMap<Secret> Users(params (string Name, string Hash)[] users) =>
        users.ToImmutableSortedDictionary(user => user.Name, user => new Secret(user.Hash), StringComparer.Ordinal);

    private static ClientAddress Client(int number) => ClientAddress.Of(new IPAddress([10, 0, 0, (byte)number]));

    private Task<bool?> AskAsync(string user, string password) => _check.IsRightAsync(
        Users(("alice", "wonderland"), ("bob", "builder")), user, password, Client(1), TestContext.Current.CancellationToken);
}
