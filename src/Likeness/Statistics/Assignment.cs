namespace Likeness;

/// <summary>Rows and columns matched one to one.</summary>
public static class Assignment
{
    /// <summary>
    /// The matching of least total cost, by the Hungarian method with potentials (Kuhn 1955): O(n³). Where there are more rows than columns
    /// or the other way round, the rest stays without a partner.
    /// </summary>
    /// <param name="cost">Of each pair [rows, columns]; finite.</param>
    /// <returns>The column of each row, or −1.</returns>
    public static int[] Cheapest(double[,] cost)
    {
        var (rows, columns) = (cost.GetLength(0), cost.GetLength(1));
        if (rows <= columns)
        {
            return Wide(rows, columns, (i, j) => cost[i, j]);
        }

        var result = new int[rows];
        Array.Fill(result, -1);
        var rowOf = Wide(columns, rows, (j, i) => cost[i, j]);
        for (var j = 0; j < columns; j++)
        {
            result[rowOf[j]] = j;
        }

        return result;
    }

    // For at most as many rows as columns. One row after the other enters; the shortest augmenting path makes room for it. Column 0 is
    // where a row waits that has none yet, so rows and columns count from 1.
    private static int[] Wide(int rows, int columns, Func<int, int, double> cost)
    {
        var (u, v) = (new double[rows + 1], new double[columns + 1]);
        var (rowOf, from) = (new int[columns + 1], new int[columns + 1]);
        for (var row = 1; row <= rows; row++)
        {
            rowOf[0] = row;
            var least = new double[columns + 1];
            Array.Fill(least, double.PositiveInfinity);
            var seen = new bool[columns + 1];
            var at = 0;
            while (rowOf[at] != 0)
            {
                at = Extend(at, seen, least);
            }

            while (at != 0)
            {
                rowOf[at] = rowOf[from[at]];
                at = from[at];
            }
        }

        var columnOf = new int[rows];
        for (var j = 1; j <= columns; j++)
        {
            if (rowOf[j] > 0)
            {
                columnOf[rowOf[j] - 1] = j - 1;
            }
        }

        return columnOf;

        // Takes the row of a column into the tree, lowers the potentials until another column is tight, and returns that.
        int Extend(int column, bool[] seen, double[] least)
        {
            seen[column] = true;
            var (nearest, step) = (0, double.PositiveInfinity);
            for (var j = 1; j <= columns; j++)
            {
                if (seen[j])
                {
                    continue;
                }

                var reduced = cost(rowOf[column] - 1, j - 1) - u[rowOf[column]] - v[j];
                if (reduced < least[j])
                {
                    (least[j], from[j]) = (reduced, column);
                }

                if (least[j] < step)
                {
                    (nearest, step) = (j, least[j]);
                }
            }

            for (var j = 0; j <= columns; j++)
            {
                if (seen[j])
                {
                    u[rowOf[j]] += step;
                    v[j] -= step;
                }
                else
                {
                    least[j] -= step;
                }
            }

            return nearest;
        }
    }
}
