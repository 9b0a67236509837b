using System.Collections.Immutable;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>A message of a subscription, for people to look at. Immutable.</summary>
/// <param name="Heads">Its frames, or the first bytes of each; at most <see cref="FeedTap.MaxFrames"/> frames.</param>
/// <param name="Missing">Of each frame: how many bytes are not there.</param>
internal sealed record FeedMessage(ZmtpMessage Heads, ImmutableArray<int> Missing);
