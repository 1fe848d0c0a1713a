using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Likeness.Tests;

/// <summary>Databases with what databases of users have in them.</summary>
internal static class Databases
{
    /// <summary>Two hundred customers with numbers, words, dates, gaps and pictures; and, where asked for, another table and a view.</summary>
    public static string Shop(string path, bool orders) => Make(path, [
        "CREATE TABLE customers(id INTEGER PRIMARY KEY, age INTEGER, income REAL, since TEXT, city TEXT, photo BLOB)",
        .. Enumerable.Range(0, 200).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"INSERT INTO customers VALUES ({i}, {18 + (i * 7 % 60)}, {(i % 13 == 0 ? "NULL" : $"{1000 + (37.25 * (i % 101)):F2}")}, '20{19 + (i % 4)}-0{1 + (i % 9)}-1{i % 10}', '{new[] { "Bonn", "Oslo", "Rome" }[i * i % 7 % 3]}', {(i % 2 == 0 ? "NULL" : "x'00FF'")})")),
        .. orders ? (string[])["CREATE TABLE orders(customer INTEGER, price REAL)", "INSERT INTO orders SELECT id, age / 4.0 FROM customers", "CREATE VIEW old AS SELECT city, age FROM customers WHERE age > 60"] : []]);

    /// <summary>A database that these statements make.</summary>
    public static string Make(string path, params IEnumerable<string> statements)
    {
        using var db = new SqliteConnection($"Data Source={path};Pooling=False");
        db.Open();
        using var all = db.BeginTransaction();
        foreach (var statement in statements)
        {
            using var command = db.CreateCommand();
#pragma warning disable CA2100 // Statements of tests.
            command.CommandText = statement;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        all.Commit();
        return path;
    }
}
