namespace Zmtp.Tests;

public sealed class DescriptorBudgetTests
{
    [Fact]
    public void TryTake_UpToTheLimit_TakesAllOrNothing()
    {
        var budget = new DescriptorBudget { Limit = 8 };
        Assert.True(budget.TryTake(7));
        Assert.False(budget.TryTake(2));
        Assert.Equal(7, budget.InUse);
        Assert.True(budget.TryTake());
        Assert.False(budget.TryTake());

        budget.Return(7);
        Assert.True(budget.TryTake(7));
    }

    [Fact]
    public void TryTake_LimitThatShrinksBelowWhatIsTaken_WaitsForEnoughToComeBack()
    {
        var budget = new DescriptorBudget { Limit = 3 };
        Assert.True(budget.TryTake(3));
        budget.Limit = 1;
        budget.Return(2);
        Assert.False(budget.TryTake());
        budget.Return();
        Assert.True(budget.TryTake());
    }

    [Fact]
    public void TryTakeChecked_KernelHasFewer_TakesNothing()
    {
        var free = 6;
        var budget = new DescriptorBudget { Limit = 100, Free = () => free };
        Assert.False(budget.TryTakeChecked(7));
        Assert.Equal(0, budget.InUse);
        free = 7;
        Assert.True(budget.TryTakeChecked(7));
    }

    [Fact]
    public void Refusal_OfAFullBudget_SaysHowManyAndWhatWouldDo()
    {
        var budget = new DescriptorBudget { Limit = 2, Sufficient = 402 };
        Assert.True(budget.TryTake(2));
        Assert.Equal(
            new ZmtpError(
                ZmtpErrorCode.Local,
                "this process has no file descriptors left for a new connection: 2 of 2 are in use; raise its limit (ulimit -n, LimitNOFILE) to at least 402"),
            budget.Refusal);
    }

    [Fact]
    public async Task TryTake_FromManyThreads_NeverGivesMoreThanThereAre()
    {
        var budget = new DescriptorBudget { Limit = 5 };
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (budget.TryTake(2))
                {
                    var inUse = budget.InUse;
                    if (inUse > Volatile.Read(ref most))
                    {
                        Volatile.Write(ref most, inUse);
                    }

                    budget.Return(2);
                }
            }
        })));
        Assert.InRange(most, 2, 5);
        Assert.Equal(0, budget.InUse);
    }
}
