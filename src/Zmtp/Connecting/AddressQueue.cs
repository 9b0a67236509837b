using System.Net;
using System.Net.Sockets;
using Zmtp.Limits;
using Zmtp.Sockets;

namespace Zmtp.Connecting;

/// <summary>The addresses of a race that nobody has asked yet, and what was learned of those before. Its race calls it under a lock of its own.</summary>
/// <param name="owner">Since when it is held back.</param>
/// <param name="addresses">In the order in which they are asked.</param>
/// <param name="context">Says what may be opened.</param>
internal sealed class AddressQueue(IDialOwner owner, EndPoint[] addresses, ZmtpContext context)
{
    private int _next;

    /// <summary>Whether there is one.</summary>
    public bool HasNext => _next < addresses.Length;

    /// <summary>How many there are.</summary>
    public int Left => addresses.Length - _next;

    /// <summary>The most telling of the errors so far.</summary>
    public ZmtpError? Error { get; private set; }

    /// <summary>Why an address was not asked, by our own doing: then the others' errors say nothing of the server.</summary>
    public ZmtpError? NotAsked { get; private set; }

    /// <summary>Adds how an attempt failed, if one did.</summary>
    public void Add(ZmtpError? error) => Error = error is null ? Error : SocketErrors.MoreTelling(Error, error);

    /// <summary>The last one is to be asked once more.</summary>
    public void AskAgain(ZmtpError error)
    {
        Error = error;
        _next--;
    }

    /// <summary>An attempt at the next address that may be asked; null when there is none.</summary>
    public DialAttempt? Next(AddressRace race)
    {
        while (HasNext)
        {
            var address = addresses[_next++];
            if (!owner.MayConnect(address))
            {
                Add(SocketErrors.NotAllowed(address));
                continue;
            }

            ConnectPass? pass = null;
            if (address is IPEndPoint tcp && (pass = context.Gate.TryEnter(tcp, owner.HeldBackSince, out var heldBack)) is null)
            {
                NotAsked ??= heldBack;
                continue;
            }

            try
            {
                var attempt = new DialAttempt(race, address, pass, context.Watch);
                if (context.Descriptors.TryTake())
                {
                    attempt.Open(context.Descriptors);
                    return attempt;
                }

                GiveUp(pass, context.Descriptors.Refusal);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressFamilyNotSupported)
            {
                pass?.Leave();
                Add(SocketErrors.NoSuchFamily(address));
            }
            catch (SocketException exception)
            {
                GiveUp(pass, SocketErrors.Local(exception.SocketErrorCode, "making a socket"));
            }
            catch (OutOfMemoryException)
            {
                GiveUp(pass, SocketErrors.NoMemoryToConnect);
            }
        }

        return null;
    }

    // We could not even ask: what the other addresses say does not matter, not even of those that still try.
    private void GiveUp(ConnectPass? pass, ZmtpError reason)
    {
        pass?.Leave();
        NotAsked ??= reason;
        _next = addresses.Length;
    }
}
