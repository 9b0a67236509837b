namespace ZmqExporter.Content;

/// <summary>How a frame is packed.</summary>
internal enum Decoding
{
    /// <summary>RFC 1950.</summary>
    Zlib,

    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>RFC 7932.</summary>
    Brotli,

    /// <summary>RFC 4648, with or without white space.</summary>
    Base64,
}
