using System.Reflection;
using System.Runtime.CompilerServices;

namespace ZmqExporter.Tests.Targets.History;

/// <summary>
/// How many bytes of the heap objects hold, by the objects that can be reached from them. What the process holds in all would be a figure of
/// other tests, too: of their pools, their caches and their threads.
/// </summary>
internal static class HeldBytes
{
    /// <summary>The bytes of these objects and of all that they refer to, each counted once; types and delegates are left out.</summary>
    public static long Of(IEnumerable<object> roots)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var left = new Stack<object>(roots.Where(seen.Add));
        long bytes = 0;
        while (left.TryPop(out var next))
        {
            bytes += SizeOf(next);
            foreach (var reference in References(next).Where(reference => reference is not (MemberInfo or Delegate) && seen.Add(reference)))
            {
                left.Push(reference);
            }
        }

        return bytes;
    }

    private static long SizeOf(object value) => value switch
    {
        string text => Allocated(() => new string('x', text.Length)),
        Array array => Allocated(() => Array.CreateInstance(array.GetType().GetElementType()!, array.Length)),
        _ => Allocated(() => RuntimeHelpers.GetUninitializedObject(value.GetType())),
    };

    // The second of two: the first may also allocate what the runtime keeps of the type.
    private static long Allocated(Func<object> make)
    {
        GC.KeepAlive(make());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var made = make();
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(made);
        return taken;
    }

    private static IEnumerable<object> References(object value)
    {
        if (value is not Array array)
        {
            return Fields(value.GetType()).SelectMany(field => Referred(field.FieldType, field.GetValue(value)));
        }

        var element = array.GetType().GetElementType()!;
        return HasNoReferences(element) ? [] : array.Cast<object?>().SelectMany(item => Referred(element, item));
    }

    // A value lies in the object that has it: it takes nothing of its own, and may refer to others.
    private static IEnumerable<object> Referred(Type type, object? value) =>
        value is null || HasNoReferences(type) ? []
        : type.IsValueType ? References(value)
        : [value];

    private static bool HasNoReferences(Type type) => type.IsPrimitive || type.IsEnum || type.IsPointer;

    private static IEnumerable<FieldInfo> Fields(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }
}
