using System.Text;

namespace Zmtp.Wire;

/// <summary>A command's body, split (RFC 37, "Commands": name length, name, data).</summary>
internal readonly ref struct Command
{
    private Command(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        Name = name;
        Data = data;
    }

    /// <summary>The name as it came.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>What follows the name.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>Splits a body.</summary>
    /// <returns>False when the name is empty or longer than the body.</returns>
    public static bool TryParse(ReadOnlySpan<byte> body, out Command command)
    {
        // libzmq's PLAIN server sends its ERROR without the name's length and with a first letter of "^":
        // what is on the wire is a name of 0x5E bytes in a body of nine. The meaning is beyond doubt.
        if (body.StartsWith("^RROR"u8))
        {
            command = new Command(CommandNames.Error, body[5..]);
            return true;
        }

        if (body.IsEmpty || body[0] == 0 || body[0] > body.Length - 1)
        {
            command = default;
            return false;
        }

        command = new Command(body.Slice(1, body[0]), body[(1 + body[0])..]);
        return true;
    }

    /// <summary>Whether it has this name.</summary>
    public bool Is(ReadOnlySpan<byte> name) => Name.SequenceEqual(name);

    /// <summary>The reason of an ERROR command, for people.</summary>
    public string ErrorReason()
    {
        if (Data.IsEmpty)
        {
            return "without a reason";
        }

        var length = Math.Min(Data[0], Data.Length - 1);
        return Excerpt.Of(Data.Slice(1, length));
    }

    /// <summary>The name for people.</summary>
    public override string ToString() => Encoding.ASCII.GetString(Name);
}
