using System.Text;
using Microsoft.AspNetCore.Http;

namespace ZmqExporter.Http;

/// <summary>Short answers in plain text.</summary>
internal static class TextResponse
{
    /// <summary>Methods of the endpoints that only read; routing answers 405 to all others.</summary>
    public static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Answers with a line of text.</summary>
    public static Task WriteLineAsync(this HttpResponse response, int status, string text)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        var bytes = Encoding.UTF8.GetBytes(text + "\n");
        response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(response.HttpContext.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(bytes, response.HttpContext.RequestAborted).AsTask();
    }
}
