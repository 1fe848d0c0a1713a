using Likeness;

/// <summary>Pictures of clothes where the machine has them, else drawn shapes of the same size.</summary>
internal static class Pictures
{
    public static IDataset<Batch> Open(string? protocol = null, int? size = null)
    {
        var options = new DataOptions(Protocol: protocol, Size: size);
        try
        {
            return DatasetCatalog.Open("fashion-mnist", options).As<Batch>();
        }
        catch (DataException e)
        {
            Console.Error.WriteLine($"{e.Message} Learning from drawn shapes instead.");
            return DatasetCatalog.Open("shapes-grey", options).As<Batch>();
        }
    }
}
