using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ZmqExporter.Tests.Architecture;

/// <summary>
/// Who calls whom, read from the compiled assemblies. What is only made into a delegate is not called; a call of a virtual method or of an
/// interface is a call of all that implement it.
/// </summary>
internal sealed class CallGraph
{
    private readonly Dictionary<string, MethodDefinition> _methods;
    private readonly ILookup<string, MethodDefinition> _implementations;

    public CallGraph(params System.Reflection.Assembly[] assemblies)
    {
        Types = [.. assemblies.Select(assembly => ModuleDefinition.ReadModule(assembly.Location)).SelectMany(module => module.GetTypes())];

        // Some of the compiler's own types are in each assembly.
        _methods = Types.SelectMany(type => type.Methods)
            .DistinctBy(method => method.FullName, StringComparer.Ordinal)
            .ToDictionary(method => method.FullName, StringComparer.Ordinal);
        _implementations = _methods.Values.SelectMany(method => Declarations(method).Select(declaration => (declaration, method)))
            .ToLookup(pair => pair.declaration, pair => pair.method, StringComparer.Ordinal);
    }

    /// <summary>All types of the assemblies.</summary>
    public IReadOnlyList<TypeDefinition> Types { get; }

    /// <summary>The paths of calls that lead from a method to one outside of the assemblies that is not allowed.</summary>
    /// <param name="start">Where they begin.</param>
    /// <param name="isForbidden">What is not allowed, by the full name of its type and its own name.</param>
    public IEnumerable<string> Paths(MethodDefinition start, Func<string, string, bool> isForbidden)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { start.FullName };
        var open = new Queue<(MethodDefinition Method, string Path)>();
        open.Enqueue((start, Name(start)));
        while (open.TryDequeue(out var next))
        {
            foreach (var called in Calls(next.Method))
            {
                var path = $"{next.Path} → {Name(called)}";
                var targets = Targets(called).ToArray();
                if (targets.Length == 0 && isForbidden(called.DeclaringType.GetElementType().FullName, called.Name))
                {
                    yield return path;
                }

                foreach (var target in targets.Where(target => seen.Add(target.FullName)))
                {
                    open.Enqueue((target, path));
                }
            }
        }
    }

    private static string Name(MethodReference method) => $"{method.DeclaringType.Name}.{method.Name}";

    private static IEnumerable<MethodReference> Calls(MethodDefinition method) => !method.HasBody
        ? []
        : method.Body.Instructions
            .Where(instruction => instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj)
            .Select(instruction => (MethodReference)instruction.Operand);

    // The method of a generic type or a generic method is the one without its arguments.
    private IEnumerable<MethodDefinition> Targets(MethodReference called)
    {
        var name = called.GetElementMethod().FullName;
        if (_methods.TryGetValue(name, out var own))
        {
            yield return own;
        }

        foreach (var implementation in _implementations[name])
        {
            yield return implementation;
        }
    }

    // What a method stands for: it, its name in the interfaces, and what it overrides in our own base types.
    private static IEnumerable<string> Declarations(MethodDefinition method)
    {
        foreach (var declared in method.Overrides)
        {
            yield return declared.FullName;
        }

        if (!method.IsVirtual)
        {
            yield break;
        }

        var types = Ancestors(method.DeclaringType);
        foreach (var type in types)
        {
            foreach (var declared in type.Methods.Where(other => other.IsVirtual && other.Name == method.Name && other.Parameters.Count == method.Parameters.Count))
            {
                yield return declared.FullName;
            }
        }
    }

    private static IEnumerable<TypeDefinition> Ancestors(TypeDefinition type)
    {
        foreach (var parent in type.Interfaces.Select(implemented => implemented.InterfaceType).Append(type.BaseType).OfType<TypeReference>())
        {
            // Others than ours need not be found.
            if (parent.GetElementType() is TypeDefinition own)
            {
                yield return own;
                foreach (var further in Ancestors(own))
                {
                    yield return further;
                }
            }
        }
    }
}
