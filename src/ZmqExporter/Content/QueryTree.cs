using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ZmqExporter.Content;

/// <summary>
/// Reads JSON into a tree whose queries end at a deadline. Newtonsoft.Json takes no deadline, but it asks each value for its type before it matches
/// or compares it, and each array and object for its children before it goes on in there: that is where the tree looks at the time.
/// </summary>
internal static class QueryTree
{
    /// <summary>Reads the one value of a document.</summary>
    /// <param name="reader">At its beginning.</param>
    /// <param name="deadline">When to give up, also later.</param>
    /// <exception cref="JsonException">It is no JSON, or too much.</exception>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    public static JToken Read(JsonTextReader reader, QueryDeadline deadline)
    {
        Move(reader);
        var value = ReadValue(reader, deadline);
        while (reader.Read())
        {
            if (reader.TokenType != JsonToken.Comment)
            {
                throw new JsonReaderException("more follows the value");
            }
        }

        return value;
    }

    private static JToken ReadValue(JsonTextReader reader, QueryDeadline deadline)
    {
        switch (reader.TokenType)
        {
            case JsonToken.StartObject:
                var members = new Object(deadline);
                while (Move(reader) != JsonToken.EndObject)
                {
                    var name = (string)reader.Value!;
                    Move(reader);
                    members[name] = ReadValue(reader, deadline); // the last one of a name
                }

                return members;
            case JsonToken.StartArray:
                var items = new Array(deadline);
                while (Move(reader) != JsonToken.EndArray)
                {
                    items.Add(ReadValue(reader, deadline));
                }

                return items;
            case JsonToken.Integer or JsonToken.Float or JsonToken.String or JsonToken.Boolean or JsonToken.Null:
                return new Value(reader.Value, deadline);
            default:
                throw new JsonReaderException("this is JavaScript, and no JSON");
        }
    }

    private static JsonToken Move(JsonTextReader reader)
    {
        do
        {
            if (!reader.Read())
            {
                throw new JsonReaderException("the value ends too early");
            }
        }
        while (reader.TokenType == JsonToken.Comment);
        return reader.TokenType;
    }

#pragma warning disable MA0097 // nobody compares these but Newtonsoft.Json, with the methods of its own base class
    private sealed class Value(object? value, QueryDeadline deadline) : JValue(value)
    {
        public override JTokenType Type
        {
            get
            {
                deadline.Check();
                return base.Type;
            }
        }
    }
#pragma warning restore MA0097

    private sealed class Array(QueryDeadline deadline) : JArray
    {
        public override bool HasValues
        {
            get
            {
                deadline.Check();
                return base.HasValues;
            }
        }

        public override JEnumerable<JToken> Children()
        {
            deadline.Check();
            return base.Children();
        }
    }

    private sealed class Object(QueryDeadline deadline) : JObject
    {
        public override bool HasValues
        {
            get
            {
                deadline.Check();
                return base.HasValues;
            }
        }

        public override JEnumerable<JToken> Children()
        {
            deadline.Check();
            return base.Children();
        }
    }
}
