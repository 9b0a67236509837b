using System.Net;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http;

public sealed class ResponseSlotsTests
{
    private static readonly ClientAddress One = ClientAddress.Of(IPAddress.Parse("192.0.2.1"));
    private static readonly ClientAddress Two = ClientAddress.Of(IPAddress.Parse("192.0.2.2"));

    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _cut = [];
    private readonly ResponseSlots _slots;

    public ResponseSlotsTests() => _slots = new ResponseSlots(
        new HttpLimits(Connections: 9, ConnectionsPerAddress: 9, Responses: 3, ResponsesPerAddress: 2, Bytes: 100, BytesPerAddress: 60), _time);

    [Fact]
    public void TryTake_AddressAtItsLimit_IsRefusedUntilOneIsDone()
    {
        using var first = Take(One);
        using var second = Take(One);
        Assert.Equal("this address has 2 responses to read already", Refusal(One));
        using var other = Take(Two);
        first.Dispose();
        using var third = Take(One);
        Assert.Empty(_cut);
    }

    [Fact]
    public void TryTake_AllTaken_IsRefused()
    {
        using var first = Take(One);
        using var second = Take(One);
        using var third = Take(Two);
        Assert.Equal("3 responses are being read already", Refusal(Two));
    }

    [Fact]
    public void TryHold_MoreThanAnAddressMay_IsRefused()
    {
        using var first = Take(One, holds: 50);
        using var second = Take(One);
        Assert.Null(_slots.TryHold(second, 10));
        Assert.StartsWith("this address has too much to read already", _slots.TryHold(second, 11), StringComparison.Ordinal);
    }

    [Fact]
    public void TryHold_MoreThanAllMay_IsRefused()
    {
        using var first = Take(One, holds: 60);
        using var second = Take(Two);
        Assert.StartsWith("too much waits for its readers already", _slots.TryHold(second, 41), StringComparison.Ordinal);
        Assert.Null(_slots.TryHold(second, 40));
    }

    [Fact]
    public void TryHold_OneAlone_HasRoomHoweverLargeItIs()
    {
        using var waiting = Take(Two);
        using var first = Take(One);
        Assert.Null(_slots.TryHold(first, 1_000_000));
    }

    [Fact]
    public void TryTake_SlowReaders_GiveWayTheSlowestFirst()
    {
        using var rendering = Take(One);
        using var slow = Take(One, holds: 1, "slow");
        _time.Advance(ResponseSlots.SlowAfter - TimeSpan.FromTicks(1));
        Assert.NotNull(Refusal(One));
        _time.Advance(TimeSpan.FromTicks(1));
        using var third = Take(One, holds: 1, "third");
        Assert.Equal(["slow"], _cut);
        Assert.NotNull(Refusal(One)); // the others have not read for so long
    }

    [Fact]
    public void TryTake_SlowReaderOfAnotherAddress_GivesWayOnlyWhenAllAreTaken()
    {
        using var slower = Take(Two, holds: 1, "slower");
        _time.Advance(ResponseSlots.SlowAfter);
        using var slow = Take(One, holds: 1, "slow");
        using var waiting = Take(One);
        Assert.NotNull(Refusal(One)); // its own limit: another address is none of its business
        Assert.Empty(_cut);
        using var two = Take(Two); // this is one too many of all
        Assert.Equal(["slower"], _cut);
    }

    [Fact]
    public void TryHold_SlowReaders_GiveWayUntilItFits()
    {
        using var a = Take(One, holds: 20, "a");
        _time.Advance(TimeSpan.FromSeconds(1));
        using var b = Take(Two, holds: 40, "b");
        _time.Advance(TimeSpan.FromSeconds(1));
        using var c = Take(Two);
        _time.Advance(ResponseSlots.SlowAfter);
        Assert.Null(_slots.TryHold(c, 60));
        Assert.Equal(["b"], _cut); // 20 of another address may stay
        Assert.Null(_slots.TryHold(c, 90));
        Assert.Equal(["b", "a"], _cut);
    }

    [Fact]
    public void Dispose_Slot_IsNeverCutAfterwards()
    {
        var slow = Take(One, holds: 60, "slow");
        _time.Advance(ResponseSlots.SlowAfter);
        slow.Dispose();
        using var next = Take(One, holds: 60);
        Assert.Empty(_cut);
    }

    private ResponseSlot Take(ClientAddress address, long holds = 0, string name = "")
    {
        Assert.Null(_slots.TryTake(address, () => _cut.Add(name), out var slot));
        Assert.NotNull(slot);
        if (holds > 0)
        {
            Assert.Null(_slots.TryHold(slot, holds));
        }

        return slot;
    }

    private string? Refusal(ClientAddress address)
    {
        var refusal = _slots.TryTake(address, () => { }, out var slot);
        slot?.Dispose();
        return refusal;
    }
}
