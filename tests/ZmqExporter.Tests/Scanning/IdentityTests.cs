using ZmqExporter.Scanning;
using Zmtp;

namespace ZmqExporter.Tests.Scanning;

public sealed class IdentityTests
{
    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n", "SSH")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "HTTP")]
    [InlineData("<!doctype html>", "HTTP")]
    [InlineData("220 mail.example ESMTP Postfix\r\n", "SMTP")]
    [InlineData("220 (vsFTPd 3.0.3)\r\n", "FTP or SMTP")]
    [InlineData("-ERR unknown command\r\n", "Redis")]
    [InlineData("\x15\x03\x01\x00\x02\x02\x46", "TLS")]
    [InlineData("\x4a\x00\x00\x00\x0a" + "8.0.36\x00", "MySQL")]
    [InlineData("E\x00\x00\x00\x2aSFATAL", "PostgreSQL")]
    [InlineData("INFO {\"server_id\":", "NATS")]
    [InlineData("hello, who are you?", "another protocol")]
    public void Of_OtherProtocol_IsNamedByItsFirstBytes(string heard, string expected)
    {
        var identity = Seen.Other(Seen.At("tcp://a:1"), ZmtpErrorCode.NotZmtp, heard).Identity;

        Assert.Equal((SightKind.Other, expected), (identity.Kind, identity.Words));
        Assert.StartsWith("it sent \"", identity.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ZmtpErrorCode.HandshakeTimeout, nameof(SightKind.Silent))]
    [InlineData(ZmtpErrorCode.Disconnected, nameof(SightKind.Closed))]
    [InlineData(ZmtpErrorCode.Refused, nameof(SightKind.Refused))]
    [InlineData(ZmtpErrorCode.Unreachable, nameof(SightKind.Unreachable))]
    [InlineData(ZmtpErrorCode.Resolve, nameof(SightKind.Unreachable))]
    [InlineData(ZmtpErrorCode.ConnectTimeout, nameof(SightKind.NoAnswer))]
    [InlineData(ZmtpErrorCode.Local, nameof(SightKind.Failed))]
    [InlineData(ZmtpErrorCode.Version, nameof(SightKind.OldZmtp))]
    public void Of_NothingHeard_GoesByTheError(ZmtpErrorCode code, string expected) =>
        Assert.Equal(expected, Seen.Other(Seen.At("tcp://a:1"), code).Identity.Kind.ToString());

    [Fact]
    public void Of_Zmtp_IsVersionAndMechanism()
    {
        Assert.Equal("ZMTP 3.0 NULL", Seen.Null(Seen.At("tcp://a:1"), "REP", minor: 0).Identity.Words);
        Assert.Equal(new Identity(SightKind.Zmtp, "ZMTP 3.1 CURVE", ""), Seen.Secured(Seen.At("tcp://a:1"), "CURVE").Identity);
    }

    [Theory]
    [InlineData(ZmtpErrorCode.Refused, false)]
    [InlineData(ZmtpErrorCode.ConnectTimeout, false)]
    [InlineData(ZmtpErrorCode.HandshakeTimeout, true)]
    public void IsListed_OfARange_IsWhatIsThere(ZmtpErrorCode code, bool expected)
    {
        Assert.Equal(expected, Seen.Other(Seen.At("tcp://a:1") with { IsOfRange = true }, code).IsListed);
        Assert.True(Seen.Other(Seen.At("tcp://a:1"), code).IsListed);
    }

    [Fact]
    public void Of_WhatWasNotLookedAt_SaysWhy() =>
        Assert.Equal(new Identity(SightKind.Skipped, "not looked at", "because"), new Sighting(Seen.At("tcp://a:1") with { Skip = "because" }, null).Identity);
}
