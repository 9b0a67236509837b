using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>Binds <c>basic_auth_users</c>. No error shows a hash: now and then the password itself stands there.</summary>
internal static partial class UsersBinder
{
    private const string Remedy = "write the password's bcrypt hash, in quotes, as htpasswd -nBC 10 \"\" prints it";

    // Each step doubles the time of a comparison. One of 17 takes ten seconds or more, and one of 31 days, and all others wait for it.
    private const int HighCost = 15;
    private const int TooHighCost = 18;

    /// <summary>Binds the mapping; what has errors is left out.</summary>
    public static ImmutableSortedDictionary<string, Secret> Bind(ConfigValue value, WebBindingContext context)
    {
        var users = ImmutableSortedDictionary.CreateBuilder<string, Secret>(StringComparer.Ordinal);
        foreach (var (entry, hash) in value.ReadEntries("write user names with the bcrypt hashes of their passwords below it") ?? [])
        {
            if (entry.Key.Length == 0 || entry.Key.Contains(':', StringComparison.Ordinal) || entry.Key.Any(char.IsControl))
            {
                value.Errors.Add(
                    entry.KeyMark,
                    hash.Path,
                    "no client can send this user name: it is empty, or holds a colon or a control character",
                    "choose another one");
            }

            if (hash.ReadText(Remedy) is not { } text)
            {
                continue;
            }

            if (!Bcrypt.IsMatch(text))
            {
                hash.Error(text.Length == 0 ? "is empty" : "is not a bcrypt hash", Remedy);
                continue;
            }

            var cost = int.Parse(text.AsSpan(4, 2), CultureInfo.InvariantCulture);
            if (cost >= TooHighCost)
            {
                hash.Error(FormattableString.Invariant($"has a cost of {cost}: whoever asks for this user, with any password, keeps all others waiting for minutes"), "make one with a cost of 10 to 12");
            }
            else if (cost >= HighCost)
            {
                context.Warn(hash, FormattableString.Invariant($"has a cost of {cost}: a comparison takes seconds, and all others wait for it"), "make one with a cost of 10 to 12");
            }

            users[entry.Key] = new Secret(text);
        }

        return users.ToImmutable();
    }

    // The version, a cost from 4 to 31, and 22 characters of salt with 31 of hash.
    [GeneratedRegex(@"\A\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Bcrypt { get; }
}
