using System.Text;

namespace ZmqExporter.Configuration.Reading;

/// <summary>
/// A document as YAML that anybody may see: secrets are masked, wherever their anchors stand, what comes from the environment stays a
/// variable, and comments, which may say anything, are left out.
/// </summary>
internal sealed class MaskedDocument
{
    private const int MostLength = 16 << 20; // characters; aliases may stand for much
    private const string Cut = "# … the rest is too long to be shown\n";

    private readonly StringBuilder _text = new();
    private readonly HashSet<YamlNode> _secrets = new(ReferenceEqualityComparer.Instance);

    private MaskedDocument()
    {
    }

    /// <summary>The text, as UTF-8.</summary>
    public static byte[] Of(YamlNode root)
    {
        var document = new MaskedDocument();
        document.FindSecrets(root, isSecret: false);
        document.Append(root, indent: 0, isInList: false);
        return Encoding.UTF8.GetBytes(document._text.ToString());
    }

    // All that stands below a secret's key is secret.
    private void FindSecrets(YamlNode node, bool isSecret)
    {
        if (isSecret)
        {
            _secrets.Add(node);
        }

        switch (node)
        {
            case YamlSequence list:
                foreach (var item in list.Items)
                {
                    FindSecrets(item, isSecret);
                }

                break;
            case YamlMapping mapping:
                foreach (var entry in mapping.Entries)
                {
                    FindSecrets(entry.Value, isSecret || SecretKeys.Contains(entry.Key));
                }

                break;
        }
    }

    private void Append(YamlNode node, int indent, bool isInList)
    {
        switch (node)
        {
            case YamlMapping { Entries.Length: > 0 } mapping when !_secrets.Contains(node):
                AppendEntries(mapping, indent, isInList);
                break;
            case YamlSequence { Items.Length: > 0 } list when !_secrets.Contains(node):
                AppendItems(list, indent);
                break;
            default:
                _text.Append(' ').Append(NodeText.Whole(node, _secrets.Contains)).Append('\n');
                break;
        }
    }

    private void AppendEntries(YamlMapping mapping, int indent, bool isInList)
    {
        var isFirst = isInList; // its first entry stands behind the dash
        if (!isInList && indent > 0)
        {
            _text.Append('\n');
        }

        foreach (var entry in mapping.Entries)
        {
            if (IsCut())
            {
                return;
            }

            _text.Append(isFirst ? " " : Indent(indent)).Append(Quoted.Plain(entry.Key)).Append(':');
            isFirst = false;
            Append(entry.Value, indent + 2, isInList: false);
        }
    }

    // Each on a line of its own: what needs no quotes there may need them between commas.
    private void AppendItems(YamlSequence list, int indent)
    {
        _text.Append('\n');
        foreach (var item in list.Items)
        {
            if (IsCut())
            {
                return;
            }

            _text.Append(Indent(indent)).Append('-');
            Append(item, indent + 2, isInList: true);
        }
    }

    private static string Indent(int indent) => new(' ', indent);

    private bool IsCut()
    {
        if (_text.Length < MostLength)
        {
            return false;
        }

        if (_text[^1] != '\n' || !_text.ToString(_text.Length - Cut.Length, Cut.Length).Equals(Cut, StringComparison.Ordinal))
        {
            _text.Append('\n').Append(Cut);
        }

        return true;
    }
}
