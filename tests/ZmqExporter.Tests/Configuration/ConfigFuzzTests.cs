using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Tests.Configuration;

/// <summary>Whatever is done to a good config, the loader gives a config or errors with their places, and shows no secret.</summary>
public class ConfigFuzzTests
{
    private const string SecretValue = "5eCr3t:[{(";

    private static readonly string Reference = File.ReadAllText(ReferenceConfigTests.ReferencePath);

    private static readonly string[] Pieces =
    [
        "[", "]", "{", "}", ":", ": ", "- ", "\n", "  ", "\t", "#", "'", "\"", "|\n", ">-\n", "&a ", "*a", "<<: ", "!x ", "? ",
        "---\n", "...\n", "%", "@", "\\", "null", "~", "0", "-1", "99999999999999999999", "1e999", ".inf", ".nan", "${", "${X}", "$${", "{token}", "{Token}",
        "prober: ", "extends: ping", "steps: ", "send: ", "(", "$.", "\0", "\u2028", "\ud83d\ude00", "\ud800", "é",
    ];

    private static readonly Gen<(int Kind, int At, int Length, string Piece)> Edits =
        Gen.Select(
            Gen.Int[0, 3],
            Gen.Int[0, Reference.Length],
            Gen.Int[1, 40],
            Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]));

    [Fact]
    public void Load_MutatedReference_GivesConfigOrPlacedErrors() => Edits.Array[1, 6].Sample(
        edits =>
        {
            var result = Parse(edits.Aggregate(Reference, Apply));
            Assert.Equal(result.Config is null, result.Errors.Length > 0);
            Assert.All(
                result.Errors,
                error => Assert.True(error is { Line: > 0, Column: > 0, Message.Length: > 0, Remedy.Length: > 0 }, error.ToString()));
        },
        iter: 1500);

    [Fact]
    public void Load_SecretInAnyValue_IsNotShown() => Gen.Int[0, Reference.Split('\n').Length - 1].Sample(
        number =>
        {
            var lines = Reference.Split('\n');
            var colon = lines[number].IndexOf(": ", StringComparison.Ordinal);
            if (colon >= 0)
            {
                lines[number] = lines[number][..(colon + 2)] + "\"${SECRET}\"";
            }

            Assert.All(
                Parse(string.Join('\n', lines)).Errors,
                error => Assert.DoesNotContain("5eCr3t", error.ToString(), StringComparison.Ordinal));
        },
        iter: 250);

    [Fact]
    public void Load_AnyBytes_GivesConfigOrErrors() => Gen.Byte.Array[0, 200].Sample(
        bytes =>
        {
            var result = ConfigLoader.Load("fuzz.yml", new ConfigInputs { Environment = _ => null, ReadFile = (_, _) => bytes });
            Assert.Equal(result.Config is null, result.Errors.Length > 0);
        },
        iter: 2000);

    private static ConfigResult Parse(string text) => ConfigLoader.Parse(
        text,
        "fuzz.yml",
        new ConfigInputs
        {
            Environment = name => name switch { "SECRET" => SecretValue, "X" => "1", _ => null },
            ReadFile = (_, _) => "5eCr3t"u8.ToArray(),
        });

    private static string Apply(string text, (int Kind, int At, int Length, string Piece) edit)
    {
        var at = Math.Min(edit.At, text.Length);
        var end = Math.Min(at + edit.Length, text.Length);
        return edit.Kind switch
        {
            0 => text[..at] + edit.Piece + text[at..],
            1 => text[..at] + text[end..],
            2 => text[..at] + edit.Piece + text[end..],
            _ => text[..end] + text[at..end] + text[end..],
        };
    }
}
