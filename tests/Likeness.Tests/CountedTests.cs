namespace Likeness.Tests;

public sealed class CountedTests
{
    [Theory]
    [InlineData(0, "0 rows")]
    [InlineData(1, "1 row")]
    [InlineData(2, "2 rows")]
    [InlineData(12000, "12000 rows")]
    public void One_is_told_from_several(long count, string words) => Assert.Equal(words, Counted.Of(count, "row"));

    [Fact]
    public void Words_may_have_a_plural_of_their_own_and_numbers_their_own_form()
    {
        Assert.Equal("3 categories", Counted.Of(3, "category", "categories"));
        Assert.Equal("1 category", Counted.Of(1, "category", "categories"));
        Assert.Equal("1,000 steps", Counted.Of("1,000", "step"));
    }
}
