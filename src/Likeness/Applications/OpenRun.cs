namespace Likeness;

/// <summary>Runs that are already in a folder.</summary>
public static class OpenRun
{
    extension(Run)
    {
        /// <summary>Opens a run with the data that it learned from: to train on, or to ask its model.</summary>
        /// <param name="path">The folder.</param>
        /// <param name="zoo">Where its recipe is; the built-in models where null.</param>
        /// <param name="steps">Steps in all, where it shall train for longer than planned.</param>
        /// <exception cref="UsageException">The run is of another model.</exception>
        /// <exception cref="LikenessException">There is no run, or its files or its data are missing or damaged.</exception>
        public static Run<TModel> Open<TModel>(string path, Zoo? zoo = null, long? steps = null)
            where TModel : Module
        {
            var folder = RunFolder.Open(path);
            var recipe = (zoo ?? Zoo.BuiltIn).Find(folder.Record.Recipe);
            return recipe.ModelType == typeof(TModel)
                ? (Run<TModel>)TrainedModel.Resume(path, zoo ?? Zoo.BuiltIn, steps)
                : throw new UsageException($"The run '{path}' is of the model '{recipe.Name}', a {recipe.ModelType.Name}, and not of a {typeof(TModel).Name}: open it as what it is.");
        }
    }
}
