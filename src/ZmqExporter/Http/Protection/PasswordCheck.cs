using System.Security.Cryptography;
using System.Text;
using ZmqExporter.Configuration;

namespace ZmqExporter.Http.Protection;

/// <summary>
/// Checks passwords against bcrypt hashes. That is slow on purpose, so results are kept: under a keyed hash of all that went into them, which tells nobody
/// anything without the key, and the key ends with the process. Thread-safe.
/// </summary>
/// <param name="verify">Compares a password with a bcrypt hash.</param>
internal sealed class PasswordCheck(Func<string, string, bool> verify) : IDisposable
{
    private const int MostGood = 256;
    private const int MostBad = 256;
    private const int MostWaiting = 32;

    // So that who guesses, from however many connections, does not keep others from being asked in.
    private const int MostWaitingOfOne = 4;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    // Apart, so that no flood of wrong passwords drives out the right ones.
    private readonly KeyedSet _good = new(MostGood);
    private readonly KeyedSet _bad = new(MostBad);
    private readonly SemaphoreSlim _one = new(1); // a core for passwords, and the others for everything else
    private readonly Dictionary<ClientAddress, int> _waiting = [];

    /// <summary>With the real comparison.</summary>
    public PasswordCheck()
        : this(static (password, hash) => BCrypt.Net.BCrypt.Verify(password, hash))
    {
    }

    /// <summary>Whether the password is that user's; null when too many wait for an answer, of this client or of all.</summary>
    /// <remarks>An unknown name takes as long as a known one: it is compared with the hash of some user, the same each time.</remarks>
    public async Task<bool?> IsRightAsync(EquatableMap<Secret> users, string user, string password, ClientAddress client, CancellationToken cancellation)
    {
        var isKnown = users.TryGetValue(user, out var own);
        var hash = (isKnown ? own! : SomeHash(users, user)).Value;
        var entry = Digest(user, hash, password);
        if (isKnown && _good.Contains(entry))
        {
            return true;
        }

        if (_bad.Contains(entry))
        {
            return false;
        }

        if (!TryWait(client))
        {
            return null;
        }

        try
        {
            await _one.WaitAsync(cancellation);
            try
            {
                // Whoever was before may have asked the same.
                var isRight = (isKnown && _good.Contains(entry)) || (!_bad.Contains(entry) && verify(password, hash) && isKnown);
                (isRight ? _good : _bad).Add(entry);
                return isRight;
            }
            finally
            {
                _one.Release();
            }
        }
        finally
        {
            EndWait(client);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private bool TryWait(ClientAddress client)
    {
        lock (_waiting)
        {
            var own = _waiting.GetValueOrDefault(client);
            if (own >= MostWaitingOfOne || _waiting.Values.Sum() >= MostWaiting)
            {
                return false;
            }

            _waiting[client] = own + 1;
            return true;
        }
    }

    private void EndWait(ClientAddress client)
    {
        lock (_waiting)
        {
            if (--_waiting[client] == 0)
            {
                _waiting.Remove(client);
            }
        }
    }

    private Secret SomeHash(EquatableMap<Secret> users, string user)
    {
        var place = BitConverter.ToUInt32(Digest(user)) % (uint)users.Count;
        return users.Values.ElementAt((int)place);
    }

    // Each part with its length before it, so that no two triples are one text.
    private byte[] Digest(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
            CryptographicOperations.ZeroMemory(bytes);
        }

        return hash.GetHashAndReset();
    }
}
