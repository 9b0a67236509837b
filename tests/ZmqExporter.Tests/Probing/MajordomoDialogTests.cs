using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>The frames of RFC 7 (Majordomo 0.1), RFC 18 (0.2) and RFC 8 (MMI), written out by hand.</summary>
public sealed class MajordomoDialogTests
{
    private static readonly MajordomoDialog Old = new(MajordomoVersion.V01, "loop"u8.ToArray());
    private static readonly MajordomoDialog New = new(MajordomoVersion.V02, "loop"u8.ToArray());

    [Fact]
    public void Frames_Version01_AreThoseOfRfc7()
    {
        Assert.Equal("|MDPW01|\x01|loop", Text(Old.Register));
        Assert.Equal("|MDPW01|\x04", Text(Old.Heartbeat));
        Assert.Equal("|MDPW01|\x05", Text(Old.Leave));
        Assert.Equal("|MDPC01|loop|job", Text(Old.Request("job"u8.ToArray())));
        Assert.Equal("|MDPC01|mmi.service|loop", Text(Old.Question));
        var request = Message("", "MDPW01", "\x02", "client", "", "job");
        Assert.Equal((LoopCommand.Request, "job"), (Old.Read(request), Encoding.UTF8.GetString(Old.PayloadOf(request))));
        Assert.Equal("|MDPW01|\x03|client||job", Text(Old.ReplyTo(request)));
        Assert.Equal("job", Encoding.UTF8.GetString(Old.ReplyIn(Message("", "MDPC01", "loop", "job"))));
        Assert.Equal("404", Old.AnswerIn(Message("", "MDPC01", "mmi.service", "404")));
    }

    [Fact]
    public void Frames_Version02_AreThoseOfRfc18()
    {
        Assert.Equal("MDPW02|\x01|loop", Text(New.Register));
        Assert.Equal("MDPW02|\x05", Text(New.Heartbeat));
        Assert.Equal("MDPW02|\x06", Text(New.Leave));
        Assert.Equal("MDPC02|\x01|loop|job", Text(New.Request("job"u8.ToArray())));
        Assert.Equal("MDPC02|\x01|mmi.service|loop", Text(New.Question));
        var request = Message("MDPW02", "\x02", "client", "", "job");
        Assert.Equal((LoopCommand.Request, "job"), (New.Read(request), Encoding.UTF8.GetString(New.PayloadOf(request))));
        Assert.Equal("MDPW02|\x04|client||job", Text(New.ReplyTo(request)));
        Assert.Equal("job", Encoding.UTF8.GetString(New.ReplyIn(Message("MDPC02", "\x03", "loop", "job"))));
        Assert.Equal("200", New.AnswerIn(Message("MDPC02", "\x03", "mmi.service", "200")));
    }

    [Fact]
    public void Read_CommandsOfTheBroker_AreToldApart()
    {
        Assert.Equal(LoopCommand.Heartbeat, Old.Read(Message("", "MDPW01", "\x04")));
        Assert.Equal(LoopCommand.Disconnect, Old.Read(Message("", "MDPW01", "\x05")));
        Assert.Equal(LoopCommand.Heartbeat, New.Read(Message("MDPW02", "\x05")));
        Assert.Equal(LoopCommand.Disconnect, New.Read(Message("MDPW02", "\x06")));
        Assert.All(
            [Message("", "MDPW02", "\x04"), Message("", "MDPC01", "\x04"), Message("", "MDPW01"), Message("", "MDPW01", ""), Message("", "MDPW01", "\x02", "client", ""), Message("x")],
            message => Assert.Equal(LoopCommand.Other, Old.Read(message)));
    }

    [Fact]
    public void ReplyIn_OfAnotherServiceOrNotFinal_IsNone()
    {
        Assert.True(Old.ReplyIn(Message("", "MDPC01", "other", "job")).IsEmpty);
        Assert.True(Old.ReplyIn(Message("", "MDPC01", "loop")).IsEmpty);
        Assert.True(New.ReplyIn(Message("MDPC02", "\x02", "loop", "job")).IsEmpty); // PARTIAL
        Assert.Null(Old.AnswerIn(Message("", "MDPC01", "mmi.service", "four hundred")));
        Assert.Null(Old.AnswerIn(Message("", "MDPC01", "loop", "404")));
    }

    private static ZmtpMessage Message(params string[] frames) => ZmtpMessage.FromText(frames);

    private static string Text(ZmtpMessage message) => FakeLink.Text(message);
}
