using System.Text;
using ZmqExporter.Http.Protection;

namespace ZmqExporter.Tests.Http.Protection;

public sealed class BasicCredentialsTests
{
    [Theory]
    [InlineData("alice:secret", "alice", "secret")]
    [InlineData("alice:", "alice", "")]
    [InlineData(":secret", "", "secret")]
    [InlineData("alice:a:b", "alice", "a:b")]
    [InlineData("ålice:påss", "ålice", "påss")]
    public void TryParse_Credentials_GivesBoth(string text, string user, string password)
    {
        Assert.True(BasicCredentials.TryParse("Basic " + Encode(text), out var parsedUser, out var parsedPassword));
        Assert.Equal((user, password), (parsedUser, parsedPassword));
        Assert.True(BasicCredentials.TryParse("basic  " + Encode(text), out _, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic not-base64!")]
    [InlineData("Bearer YTpi")]
    [InlineData("YTpi")]
    [InlineData("Basic YWI=")] // without a colon
    public void TryParse_AnythingElse_IsFalse(string? header) => Assert.False(BasicCredentials.TryParse(header, out _, out _));

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
