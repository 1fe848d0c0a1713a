namespace Likeness;

/// <summary>Restorations as a picture: in each row what was measured, the draws, and the truth where it is known.</summary>
public static class RestorationPicture
{
    /// <param name="measurement">What was done to the images.</param>
    /// <param name="y">What was measured, [n, …].</param>
    /// <param name="restored">[n · draws, channels, height, width].</param>
    /// <param name="truth">[n, channels, height, width]; null where it is not known.</param>
    /// <param name="spec">What they are.</param>
    public static Image Draw(LinearMeasurement measurement, Tensor y, Tensor restored, Tensor? truth, DataSpec spec)
    {
        return Chain.Value(() =>
        {
            var n = y.size(0);
            var seen = measurement.Picture(y, ValueRange.Of(spec).Middle).unsqueeze(1);
            var draws = restored.reshape([n, restored.size(0) / n, .. restored.shape[1..]]);
            Tensor[] columns = truth is null ? [seen, draws] : [seen, draws, truth.unsqueeze(1)];
            var cells = torch.cat(columns, 1);
            return ImageGrid.Draw(cells.reshape([-1, .. restored.shape[1..]]), spec, (int)cells.size(1));
        });
    }
}
