using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>PEM that stands below a key, or in the file that the key with <c>_file</c> behind it names.</summary>
/// <param name="Where">Which of the two the config has.</param>
/// <param name="Text">The text.</param>
internal sealed record PemText(ConfigValue Where, string Text)
{
    // All roots of an operating system are a quarter of it.
    private const int MaxSize = 1024 * 1024;

    /// <summary>Reads the text; null when it is not there, or after an error, which shows nothing of it.</summary>
    /// <param name="section">May have one of the two keys.</param>
    /// <param name="key">The key.</param>
    /// <param name="required">Whether it is an error that it is not there.</param>
    /// <param name="context">What the load shares.</param>
    public static PemText? Read(Section section, string key, bool required, WebBindingContext context)
    {
        var file = section.FindText($"{key}_file");
        var inline = section.FindText(key);
        if (inline is not null && file is not null)
        {
            file.Error($"there is a {key} as well", $"keep {key}_file and remove {key}");
            return null;
        }

        if (inline is not null)
        {
            return inline.ReadText("write PEM below |") is { } text ? new PemText(inline, text) : null;
        }

        if (file is null)
        {
            // A key that is there without a value is as good as none: this says so at its section.
            if (required)
            {
                section.Value.Error($"neither {key}_file nor {key} is there", $"write {key}_file: and the path of a PEM file");
            }

            return null;
        }

        return file.ReadText("write the path of a PEM file") is { } path ? ReadFile(file, key, path, context) : null;
    }

    private static PemText? ReadFile(ConfigValue file, string key, string path, WebBindingContext context)
    {
        // Nothing of it is shown: it may be the secret key.
        if (path.Contains("-----", StringComparison.Ordinal) || path.Contains('\n', StringComparison.Ordinal))
        {
            file.Error("the PEM text itself stands here, and no path", $"write it below {key}: |");
            return null;
        }

        if (BoundedFile.TryRead(context.Inputs, Path.Combine(context.Directory, path), MaxSize, out var content, out var failure))
        {
            return new PemText(file, content);
        }

        var place = failure.IsMissing && !Path.IsPathRooted(path) ? " (paths are relative to this file's directory)" : "";
        file.Error(
            $"the file {file.Shown} {failure.Message.Replace(" from here on", "", StringComparison.Ordinal)}",
            $"{failure.Remedy}{place}");
        return null;
    }

    /// <summary>The certificates of a text, one or more; null after an error.</summary>
    public static ImmutableArray<X509Certificate2>? Certificates(PemText pem)
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPem(pem.Text);
            if (all.Count > 0)
            {
                return [.. all];
            }
        }
        catch (CryptographicException)
        {
        }

        pem.Where.Error("there is no PEM-encoded certificate in it", "write one that begins with -----BEGIN CERTIFICATE-----");
        return null;
    }
}
