namespace Likeness;

/// <summary>Writes an option that is one of a few objects as that object's name, and refuses other names with the allowed ones.</summary>
public abstract class NamedChoice<T>(string kind, Func<T, string> name, params T[] choices) : JsonConverter<T> where T : class
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : $"({reader.TokenType})";
        return Array.Find(choices, c => name(c) == text) ?? throw UsageException.Unknown(kind, text, choices.Select(name));
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(name(value));
}
