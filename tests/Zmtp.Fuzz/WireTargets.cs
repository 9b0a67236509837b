using System.Globalization;
using System.Text;
using Zmtp.Security;
using Zmtp.Wire;

namespace Zmtp.Fuzz;

/// <summary>The parsers alone: a fuzzer comes deeper into them than through a whole conversation.</summary>
internal static class WireTargets
{
    /// <summary>Commands, the properties of a READY and the reason of an ERROR.</summary>
    public static void Commands(ReadOnlySpan<byte> input)
    {
        if (Command.TryParse(input, out var command))
        {
            Finding.Unless(command.Name.Length + command.Data.Length <= input.Length, "a command is longer than its body");
            Finding.UnlessFitToShow(command.ErrorReason());
            Finding.UnlessFitToShow(ZapStatus.Describe(command.ErrorReason(), "denied"));
        }

        if (Metadata.TryParse(input, out var properties))
        {
            Finding.Unless(properties.Count <= 64, "too many properties");
            foreach (var (name, value) in properties)
            {
                Finding.UnlessFitToShow(name);
                Finding.Unless(value.Length <= 2000 && !value.Any(char.IsControl), "a property that is not fit to show");
            }
        }

        Finding.UnlessFitToShow(Excerpt.Of(input));
    }

    /// <summary>Frames: the same ones, however the stream is cut.</summary>
    public static void Frames(ReadOnlySpan<byte> input)
    {
        var fuzz = FuzzInput.Parse(input);
        var whole = DecodeFrames(fuzz.Options, [fuzz.Bytes.ToArray()]);
        var cut = DecodeFrames(fuzz.Options, fuzz.Pieces());
        Finding.Unless(whole == cut, $"cuts change the frames: {whole} / {cut}");
    }

    /// <summary>A greeting: the same verdict, however it is cut.</summary>
    public static void Greeting(ReadOnlySpan<byte> input)
    {
        var fuzz = FuzzInput.Parse(input);
        var whole = Greet(fuzz.Options, [fuzz.Bytes.ToArray()]);
        var cut = Greet(fuzz.Options, fuzz.Pieces());
        Finding.Unless(whole == cut, $"cuts change the verdict: {whole} / {cut}");
    }

    private static string DecodeFrames(byte options, List<byte[]> pieces)
    {
        var sink = new FrameRecord((options & 1) != 0 ? 4096 : 1 << 20, (options & 2) != 0 ? 3 : int.MaxValue);
        var decoder = new FrameDecoder(sink);
        ZmtpError? error = null;
        foreach (var piece in pieces)
        {
            error ??= decoder.Decode(piece);
        }

        decoder.Release();
        return $"{sink.Text} {error?.Message}";
    }

    private static string Greet(byte options, List<byte[]> pieces)
    {
        var exchange = new GreetingExchange((options & 3) switch { 0 => "NULL", 1 => "PLAIN", _ => "CURVE" }, new SessionRecord());
        exchange.Start();
        ZmtpError? error = null;
        var left = 0;
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> rest = piece;
            error ??= exchange.Receive(ref rest);
            left += rest.Length;
        }

        Finding.Unless(error is not null || left == 0 || exchange.IsTheirsComplete, "bytes of a greeting were left");
        Finding.UnlessFitToShow((error ?? exchange.EndOfStream()).Message);
        return error is not null ? $"{error.Code} {exchange.PeerMechanism}" : $"{exchange.Count} {exchange.PeerMechanism} {exchange.TimedOut()}";
    }

    private sealed class FrameRecord(int limit, int kept) : IFrameSink
    {
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        int IFrameSink.MaxBodyLength(bool isCommand) => isCommand ? limit / 2 : limit;

        int IFrameSink.KeptBodyLength(bool isCommand) => isCommand ? int.MaxValue : kept;

        ZmtpError? IFrameSink.OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body) => Note(isCommand, isMore, body, body.Length);

        ZmtpError? IFrameSink.OnCutFrame(bool isMore, ReadOnlySpan<byte> head, int length)
        {
            Finding.Unless(head.Length >= Math.Min(length, kept), "less of a frame than was asked for");
            return Note(isCommand: false, isMore, head, length);
        }

        private ZmtpError? Note(bool isCommand, bool isMore, ReadOnlySpan<byte> head, int length)
        {
            var shown = isCommand ? head : head[..Math.Min(head.Length, kept)];
            _text.Append(CultureInfo.InvariantCulture, $"{isCommand} {isMore} {length} {Convert.ToHexString(shown)}\n");
            return null;
        }
    }
}
