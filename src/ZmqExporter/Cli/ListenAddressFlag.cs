using System.CommandLine;
using ZmqExporter.Http;

namespace ZmqExporter.Cli;

/// <summary>The flag <c>--web.listen-address</c>.</summary>
internal static class ListenAddressFlag
{
    /// <summary>The flag with this default.</summary>
    public static Option<ListenAddress> Create(string defaultAddress) => new("--web.listen-address")
    {
        Description = "Where to serve HTTP: \":port\" for every interface, or \"address:port\"; port 0 takes a free one",
        HelpName = "address",
        // Built from text, so that help prints the default as it would be typed.
        DefaultValueFactory = _ => ListenAddress.TryParse(defaultAddress, out var address, out var error)
            ? address
            : throw new FormatException(error),
        CustomParser = argument =>
        {
            if (ListenAddress.TryParse(argument.Tokens[0].Value, out var address, out var error))
            {
                return address;
            }

            argument.AddError($"--web.listen-address: {error}");
            return null;
        },
    };
}
