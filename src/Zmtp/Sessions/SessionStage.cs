using Zmtp.Wire;

namespace Zmtp.Sessions;

/// <summary>How far a conversation has come.</summary>
internal enum SessionStage
{
    /// <summary>The peer's greeting is incomplete.</summary>
    Greeting,

    /// <summary>The greeting is done, the security handshake is not.</summary>
    Handshake,

    /// <summary>READY has come.</summary>
    Open,
}
