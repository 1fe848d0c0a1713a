using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Likeness.Laws;

/// <summary>Every number among a model's options has a range, and nothing outside of it gets past.</summary>
public sealed class OptionRangeLaws
{
    public static TheoryData<string> Recipes => OptionLaws.Recipes;

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Every_number_has_a_range_a_meaning_and_a_default_inside(string name)
    {
        foreach (var number in Numbers(Zoo.BuiltIn.Find(name)))
        {
            Assert.True(number.Range is not null, $"The option {number.Path} of {name} has no range.");
            Assert.True(OptionSummaries.Of(number.Property).Length > 0, $"The option {number.Path} of {name} has no summary.");
            Assert.All(number.Defaults, n => Assert.True(number.Range.Contains(n), $"{number.Path} of {name} is {n} by default and must be {number.Range}."));
        }
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_number_outside_of_its_range_is_refused_with_its_name(string name)
    {
        var recipe = Zoo.BuiltIn.Find(name);
        foreach (var number in Numbers(recipe))
        {
            foreach (var outside in Outside(number.Range!))
            {
                var written = number.IsList ? $"[{outside:R}]" : $"{outside:R}";
                if (number.IsWhole && outside % 1 != 0)
                {
                    continue;
                }

                var options = (JsonObject)number.Around.DeepClone();
                OptionsJson.Set(options, $"{number.Path}={written}");
                var e = Assert.Throws<UsageException>(() => recipe.Complete(options));
                Assert.StartsWith($"The option '{number.Path}' cannot be ", e.Message, StringComparison.Ordinal);
                Assert.EndsWith($" must be {number.Range}.", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Options_of_a_program_are_held_to_the_same_ranges_when_a_model_or_a_run_is_made()
    {
        var spec = new DataSpec([4], new Domain.Binary());
        Refused("'hidden' cannot be 0: it must be at least 1.", () => new Nade(spec, new() { Hidden = 0 }, new Rng(1)));
        Refused("'optimizer.learningRate' cannot be -1: it must be at least 0.", () => new Nade(spec, new() { Optimizer = new Sgd(-1) }, new Rng(1)));
        Refused("'optimizer.beta1' cannot be NaN: it must be at least 0 and below 1.", () => OptionsJson.Write(new() { Optimizer = new Adam(Beta1: double.NaN) }, Nade.Recipe.Json));
        Refused("'optimizer.clipNorm' cannot be ∞: it must be above 0.", () => new Nade(spec, new() { Optimizer = new Adam { ClipNorm = double.PositiveInfinity } }, new Rng(1)));
        Refused("'hidden' cannot be [5,0]: each of its numbers must be at least 1.", () => new OrderlessNade(spec, new() { Hidden = [5, 0] }, new Rng(1)));
        Refused("'hidden' cannot be []: it needs one entry or more.", () => new OrderlessNade(spec, new() { Hidden = [] }, new Rng(1)));
        Refused("'network.hidden' cannot be [-3]: each of its numbers must be at least 1.", () => new Vae(spec, new() { Network = new AutoencoderNetwork.Mlp { Hidden = [-3] } }, new Rng(1)));
        Refused("'learningRate' cannot be -0.1: it must be at least 0.", () => new Player("model", new AdamW(-0.1)));
    }

    private static void Refused(string sentence, Func<object> make) => Assert.Equal($"The option {sentence}", Assert.Throws<UsageException>(make).Message.Replace("Infinity", "∞", StringComparison.Ordinal));

    // Just outside of each end.
    private static IEnumerable<double> Outside(OptionRangeAttribute range)
    {
        yield return range is AboveAttribute ? range.Low : range.Low - 1;
        yield return range is AboveAttribute ? range.Low : range.Low - 1e-6;
        if (double.IsFinite(range.AtMost))
        {
            yield return range.AtMost + 1;
        }

        if (double.IsFinite(range.Below))
        {
            yield return range.Below;
        }
    }

    // All numbers that can be set, those of objects that are not the default too.
    private static IEnumerable<Number> Numbers(IRecipe recipe) => Numbers(recipe.OptionsInfo, recipe.DefaultOptions, "", recipe.DefaultOptions);

    private static IEnumerable<Number> Numbers(JsonTypeInfo info, JsonObject? defaults, string path, JsonObject around)
    {
        foreach (var property in info.Properties.Where(p => p.Get is not null))
        {
            var (name, type) = (path + property.Name, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
            var isList = type.IsAssignableTo(typeof(IEnumerable<int>));
            if (isList || type == typeof(int) || type == typeof(long) || type == typeof(double))
            {
                var declared = (PropertyInfo)property.AttributeProvider!;
                double[] values = defaults?[property.Name] switch
                {
                    JsonArray list => [.. list.Select(n => n!.GetValue<double>())],
                    JsonValue value => [value.Deserialize<double>()],
                    _ => [],
                };
                yield return new(name, declared, declared.GetCustomAttribute<OptionRangeAttribute>(), values, isList, isList || type != typeof(double), around);
                continue;
            }

            var inner = info.Options.GetTypeInfo(type);
            if (inner.PolymorphismOptions is { } choice)
            {
                // Where an object holds another of its kind, one more would be found without end.
                foreach (var kind in choice.DerivedTypes.Where(_ => !inner.Type.IsAssignableFrom(info.Type)))
                {
                    var isDefault = defaults?[property.Name]?["kind"]?.ToString() == (string)kind.TypeDiscriminator!;
                    var with = (JsonObject)around.DeepClone();
                    if (!isDefault)
                    {
                        OptionsJson.Set(with, $"{name}.kind={kind.TypeDiscriminator}");
                        Needed(info.Options.GetTypeInfo(kind.DerivedType), name, with);
                    }

                    foreach (var number in Numbers(info.Options.GetTypeInfo(kind.DerivedType), isDefault ? defaults![property.Name] as JsonObject : null, $"{name}.", with))
                    {
                        yield return number;
                    }
                }
            }
            else if (inner.Kind is JsonTypeInfoKind.Object)
            {
                foreach (var number in Numbers(inner, defaults?[property.Name] as JsonObject, $"{name}.", around))
                {
                    yield return number;
                }
            }
        }
    }

    // Numbers without a default, such as the steps of a warm-up.
    private static void Needed(JsonTypeInfo kind, string path, JsonObject options)
    {
        foreach (var parameter in kind.Type.GetConstructors().SelectMany(c => c.GetParameters()).Where(p => p is { HasDefaultValue: false } && p.ParameterType.IsPrimitive))
        {
            OptionsJson.Set(options, $"{path}.{JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!)}=1");
        }
    }

    private sealed record Number(string Path, PropertyInfo Property, OptionRangeAttribute? Range, double[] Defaults, bool IsList, bool IsWhole, JsonObject Around);
}
