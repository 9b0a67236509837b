using System.CommandLine;
using System.CommandLine.Parsing;
using ZmqExporter.Http;

namespace ZmqExporter.Cli;

/// <summary>The flag <c>--web.listen-address</c>.</summary>
internal static class ListenAddressFlag
{
    private const string Description =
        "Where to serve HTTP: \":port\" for every interface, \"address:port\", or \"unix:/path\" for a Unix socket; port 0 takes a free one";

    /// <summary>The flag with this default.</summary>
    public static Option<ListenAddress> Create(string defaultAddress) => new("--web.listen-address")
    {
        Description = Description,
        HelpName = "address",
        // Built from text, so that help prints the default as it would be typed.
        DefaultValueFactory = _ => Parse(defaultAddress),
        CustomParser = argument => Read(argument).FirstOrDefault(),
    };

    /// <summary>The flag with this default, which may be there more than once.</summary>
    public static Option<ListenAddress[]> CreateMany(string defaultAddress) => new("--web.listen-address")
    {
        Description = $"{Description}. May be repeated",
        HelpName = "address",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [Parse(defaultAddress)],
        CustomParser = argument => [.. Read(argument)],
    };

    private static ListenAddress Parse(string text) =>
        ListenAddress.TryParse(text, out var address, out var error) ? address : throw new FormatException(error);

    private static List<ListenAddress> Read(ArgumentResult argument)
    {
        var addresses = new List<ListenAddress>();
        foreach (var token in argument.Tokens)
        {
            if (ListenAddress.TryParse(token.Value, out var address, out var error))
            {
                addresses.Add(address);
            }
            else
            {
                argument.AddError($"--web.listen-address: {error}");
            }
        }

        return addresses;
    }
}
