using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using ZmqExporter.Configuration;
using Zmtp.Endpoints;

namespace ZmqExporter.Scanning;

/// <summary>
/// Addresses as people name them: <c>host:port</c>, <c>host:port-port</c>, <c>10.0.0.0/24:port</c>, with or without <c>tcp://</c>, and
/// <c>ipc://</c>. Their number is counted before any is made.
/// </summary>
/// <param name="most">So many addresses at most.</param>
internal sealed class AddressList(int most)
{
    private const string Scheme = "tcp://";
    private const string How = "write host:port, host:first-last, 10.0.0.0/24:port or ipc:///path";

    private readonly List<Candidate> _found = [];

    /// <summary>What was added, each address once.</summary>
    public ImmutableArray<Candidate> Candidates => [.. _found.DistinctBy(candidate => candidate.Endpoint)];

    /// <summary>Adds what a word names.</summary>
    /// <returns>What is wrong and how to write it, or null.</returns>
    public string? Add(string word)
    {
        if (word.StartsWith("ipc://", StringComparison.Ordinal))
        {
            return AddEndpoint(word, isOfRange: false);
        }

        var text = word.StartsWith(Scheme, StringComparison.Ordinal) ? word[Scheme.Length..] : word;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || text.Contains("://", StringComparison.Ordinal) || text.EndsWith(']'))
        {
            return $"{Quoted.Text(word)} has no port; {How}";
        }

        var host = text[..colon];
        if (!TryReadPorts(text[(colon + 1)..], out var ports))
        {
            return $"{Quoted.Text(word)}: {Quoted.Text(text[(colon + 1)..])} is neither a port nor a range of ports from 1 to 65535; {How}";
        }

        if (!host.Contains('/', StringComparison.Ordinal))
        {
            return AddPorts([host], 1, ports, isOfRange: ports.First != ports.Last, word);
        }

        return IPNetwork.TryParse(host.Trim('[', ']'), out var network)
            ? AddPorts(Hosts(network), Count(network), ports, isOfRange: true, word)
            : $"{Quoted.Text(word)}: {Quoted.Text(host)} is no network; write one such as 10.0.0.0/24";
    }

    private string? AddPorts(IEnumerable<string> hosts, BigInteger count, (int First, int Last) ports, bool isOfRange, string word)
    {
        var total = (count * (ports.Last - ports.First + 1)) + _found.Count;
        if (total > most)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Quoted.Text(word)}: that makes {total} addresses, and at most {most} are looked at; name fewer, or raise --max-addresses");
        }

        foreach (var host in hosts)
        {
            for (var port = ports.First; port <= ports.Last; port++)
            {
                if (AddEndpoint(string.Create(CultureInfo.InvariantCulture, $"{Scheme}{host}:{port}"), isOfRange) is { } error)
                {
                    return error;
                }
            }
        }

        return null;
    }

    private string? AddEndpoint(string text, bool isOfRange)
    {
        if (!ZmtpEndpoint.TryParse(text, out var endpoint, out var error))
        {
            return $"{Quoted.Text(text)}: {error}";
        }

        _found.Add(new Candidate(endpoint, []) { IsOfRange = isOfRange });
        return null;
    }

    private static bool TryReadPorts(string text, out (int First, int Last) ports)
    {
        var parts = text.Split('-', 2);
        ports = default;
        if (!TryReadPort(parts[0], out var first) || !TryReadPort(parts[^1], out var last) || last < first)
        {
            return false;
        }

        ports = (first, last);
        return true;
    }

    private static bool TryReadPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;

    // Networks of IPv4 with more than two addresses have one for themselves and one for all.
    private static bool HasReserved(IPNetwork network) => network is { BaseAddress.AddressFamily: AddressFamily.InterNetwork, PrefixLength: < 31 };

    private static BigInteger All(IPNetwork network) =>
        BigInteger.One << ((network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) - network.PrefixLength);

    private static BigInteger Count(IPNetwork network) => All(network) - (HasReserved(network) ? 2 : 0);

    private static IEnumerable<string> Hosts(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        var first = new BigInteger(bytes, isUnsigned: true, isBigEndian: true) + (HasReserved(network) ? 1 : 0);
        for (var i = BigInteger.Zero; i < Count(network); i++)
        {
            var address = new byte[bytes.Length];
            var number = (first + i).ToByteArray(isUnsigned: true, isBigEndian: true);
            number.CopyTo(address, address.Length - number.Length);
            yield return bytes.Length == 4 ? new IPAddress(address).ToString() : $"[{new IPAddress(address)}]";
        }
    }
}
