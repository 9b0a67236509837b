using System.Net;
using System.Net.Sockets;
using Zmtp.Sockets;
using Zmtp.Timing;

namespace Zmtp.Looking;

/// <summary>
/// Looks at whoever listens somewhere, by greeting alone, and takes part in nothing. It listens first: a peer that speaks and is no ZeroMQ
/// is sent nothing. To a silent one, and to ZeroMQ, goes a greeting of the NULL mechanism, 11 bytes and then the other 53, and never a
/// READY. A silent peer sees the end of our stream at last, which makes servers of text protocols speak.
/// </summary>
public sealed class PeerLook
{
    private const int MaxRead = 16 * 1024;
    private const int MaxHeard = 512;

    // So long after the start of our greeting the rest follows unasked.
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromMilliseconds(500);

    // So long one who speaks another protocol may go on, so that it can be named.
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(150);

    private readonly TimeProvider _time;
    private readonly LookOptions _options;
    private readonly Timestamp _deadline;
    private readonly LookSession _session = new();
    private readonly byte[] _buffer = new byte[2048];
    private readonly List<byte> _heard = [];
    private int _read;
    private int _sent;

    private PeerLook(LookOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _deadline = Timestamp.Now(time) + options.Timeout;
        _session.Start(); // its bytes are kept until the peer has had its chance to speak
    }

    /// <summary>Takes a look.</summary>
    /// <param name="address">Where: a TCP address or a Unix socket.</param>
    /// <param name="options">How long it takes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public static async Task<LookResult> LookAsync(EndPoint address, LookOptions options, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(address);
        var look = new PeerLook(options, time);
        try
        {
            using var socket = new Socket(address.AddressFamily, System.Net.Sockets.SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
            return await look.ConnectAsync(socket, address, cancellation) is { } failure
                ? new LookResult { Error = failure, IsConnected = failure.Code == ZmtpErrorCode.Disconnected }
                : await look.ConverseAsync(socket, cancellation);
        }
        catch (SocketException e)
        {
            return new LookResult { Error = SocketErrors.OnConnect(e.SocketErrorCode, address) }; // no descriptor, or no such addresses
        }
        finally
        {
            look._session.End();
        }
    }

    private async Task<ZmtpError?> ConnectAsync(Socket socket, EndPoint address, CancellationToken cancellation)
    {
        using var timeout = TimeoutAt(_deadline);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            await socket.ConnectAsync(address, either.Token);

            // A free port of the range that the kernel takes ours from may meet itself.
            return socket.LocalEndPoint is IPEndPoint own && own.Equals(socket.RemoteEndPoint)
                ? SocketErrors.OnConnect(SocketError.ConnectionRefused, address)
                : null;
        }
        catch (SocketException e)
        {
            return SocketErrors.OnConnect(e.SocketErrorCode, address);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return SocketErrors.ConnectTimeout(address);
        }
    }

    private async Task<LookResult> ConverseAsync(Socket socket, CancellationToken cancellation)
    {
        ZmtpError? error;
        var spokeFirst = false;
        try
        {
            var listenUntil = Timestamp.Now(_time) + TimeSpan.Min(_options.ListenFirst, _options.Timeout / 3);
            var first = await ReadAsync(socket, listenUntil, cancellation);
            spokeFirst = first is > 0;
            error = first switch
            {
                0 => _session.EndOfStream(),
                null => await AskAsync(socket, cancellation),
                _ => _session.Receive(_buffer.AsSpan(0, first.Value)) ?? await AskAsync(socket, cancellation),
            };

            if (error is { Code: ZmtpErrorCode.NotZmtp or ZmtpErrorCode.Version })
            {
                await HearOutAsync(socket, cancellation);
            }
        }
        catch (SocketException e)
        {
            error = SocketErrors.IsReset(e.SocketErrorCode) || e.SocketErrorCode == SocketError.NotConnected ? _session.EndOfStream() : SocketErrors.OnEstablished(e.SocketErrorCode, "during the look");
        }

        return new LookResult
        {
            IsConnected = true,
            Greeting = _session.Greeting,
            Peer = _session.Peer,
            Heard = [.. _heard],
            SpokeFirst = spokeFirst,
            Sent = _sent,
            Error = _session.Peer is null ? error : null,
        };
    }

    // Greets, and reads until there is no more to see.
    private async Task<ZmtpError?> AskAsync(Socket socket, CancellationToken cancellation)
    {
        var promptAt = Timestamp.Min(Timestamp.Now(_time) + GreetingTimeout, _deadline - _options.Timeout / 3);
        var endAt = _deadline - _options.Timeout / 10;
        var (isPrompted, isEnded) = (false, false);
        while (_session.Peer is null)
        {
            await FlushAsync(socket, cancellation);
            var count = await ReadAsync(socket, !isPrompted ? promptAt : !isEnded ? endAt : _deadline, cancellation);
            switch (count)
            {
                case null when !isPrompted:
                    isPrompted = true;
                    _session.Prompt();
                    break;
                case null when !isEnded && _heard.Count == 0:
                    isEnded = true;
                    socket.Shutdown(SocketShutdown.Send);
                    break;
                case null when !isEnded:
                    isEnded = true;
                    break;
                case null:
                    return _session.TimedOut();
                case 0:
                    return isEnded && _heard.Count == 0 ? _session.TimedOut() : _session.EndOfStream(); // it only ends what we have ended
                default:
                    if (_session.Receive(_buffer.AsSpan(0, count.Value)) is { } error)
                    {
                        return error;
                    }

                    if (_read >= MaxRead)
                    {
                        return new ZmtpError(ZmtpErrorCode.TooLarge, $"the peer sent more than {MaxRead} bytes before its handshake ended");
                    }

                    break;
            }
        }

        return null;
    }

    private async Task HearOutAsync(Socket socket, CancellationToken cancellation)
    {
        var until = Timestamp.Min(Timestamp.Now(_time) + LastWords, _deadline);
        while (_heard.Count < MaxHeard && await ReadAsync(socket, until, cancellation) is > 0)
        {
        }
    }

    private async Task FlushAsync(Socket socket, CancellationToken cancellation)
    {
        var output = _session.TakeOutput();
        if (output.Length > 0)
        {
            _sent += output.Length;
            await socket.SendAsync(output, cancellation); // fits into any socket's buffer
        }
    }

    // The number of bytes; 0 at the end of the stream, null when none came in time.
    private async Task<int?> ReadAsync(Socket socket, Timestamp until, CancellationToken cancellation)
    {
        using var timeout = TimeoutAt(until);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            var count = await socket.ReceiveAsync(_buffer, either.Token);
            _read += count;
            _heard.AddRange(_buffer.AsSpan(0, Math.Min(count, MaxHeard - _heard.Count)));
            return count;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private CancellationTokenSource TimeoutAt(Timestamp moment) =>
        new(TimeSpan.Max(moment - Timestamp.Now(_time), TimeSpan.FromMilliseconds(1)), _time);
}
