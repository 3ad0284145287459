package ledger

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPaidDeclarationLeavesNothingOwed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPayment.Draw(t, "payment")
		sums := posted(Assessed("d", p.Payer, p.Dues), Matched(p))
		if ofKind(sums, Recv) != 0 || ofKind(sums, Deferred) != 0 {
			t.Fatalf("RECV %d, DEFERRED %d after payment, want 0", ofKind(sums, Recv), ofKind(sums, Deferred))
		}
		var pension, medical Fen
		for _, d := range p.Dues {
			switch d.Fund {
			case Pension:
				pension += d.Personal
			case Medical:
				medical += d.Personal
			}
		}
		if ofKind(sums, Bank) != Total(p.Dues) || -ofKind(sums, PA) != pension || -ofKind(sums, MA) != medical {
			t.Fatalf("bank %d, PA %d, MA %d of %+v", ofKind(sums, Bank), ofKind(sums, PA), ofKind(sums, MA), p.Dues)
		}
	})
}

func TestDeclarationOfManyEndsWherePaymentsOfEachWouldEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := anyLines.Draw(t, "lines")
		whole := Payment{Ref: "B1/1", Region: "990001", Payer: "E1", Bank: "B1"}
		var each []Txn
		for _, l := range lines {
			one := whole
			one.Person, one.Dues = l.Person, l.Dues
			each = append(each, Matched(one))
			whole.Dues = append(whole.Dues, l.Dues...)
		}
		want := posted(each...)

		chunks := []Txn{MatchedWhole(whole)}
		n := 0
		for chunk := range slices.Chunk(lines, 3) {
			n++
			chunks = append(chunks, Allocated(whole, n, chunk))
		}
		if got := posted(chunks...); !maps.Equal(got, want) {
			t.Fatalf("in chunks %v, one by one %v", got, want)
		}

		chunks[0] = Resolved(whole, "990002") // found late, in another region's clearing account
		chunks = append(chunks, Suspended(whole.Ref, "990002", "B1", Total(whole.Dues)))
		if got := posted(chunks...); !maps.Equal(got, want) {
			t.Fatalf("through suspense %v, one by one %v", got, want)
		}
	})
}

func TestPaidLateFeeEndsInThePool(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPayment.Draw(t, "payment")
		sums := posted(LateFeeCharged("l", p.Region, p.Payer, p.Dues), LateFeePaid(p))
		if ofKind(sums, Bank) != Total(p.Dues) || -ofKind(sums, Pool) != Total(p.Dues) || ofKind(sums, Recv) != 0 || ofKind(sums, LateFee) != 0 {
			t.Fatalf("of %+v there stands %v", p.Dues, sums)
		}
	})
}

func TestClaimOlderThanTheBookLeavesOnlyTheDebtToTheHospital(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyClaim.Draw(t, "claim")
		sums := posted(ClaimOpened(c), Settled(c))
		if len(sums) > 2 || -ofKind(sums, Payable) != c.Fund+c.Account || ofKind(sums, Opening) != c.Fund+c.Account {
			t.Fatalf("of %+v there stands %v", c, sums)
		}
	})
}

// Each transfer goes some steps and then stops or is taken back.
func TestTransferRestsWithTransitAtZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := anyTransfer.Draw(t, "transfer")
		steps := []Txn{TransferReleased(tr), TransferSent(tr), TransferReceived(tr), TransferCredited(tr)}
		for n := range len(steps) + 1 {
			done := slices.Clone(steps[:n])
			for _, step := range slices.Backward(steps[:n]) {
				done = append(done, Reverse(step, tr.ID))
			}
			if sums := posted(done...); len(sums) != 0 {
				t.Errorf("taken back after %d steps there stands %v", n, sums)
			}
			// on each side it is zero before the first step and after the second
			inTransit := posted(steps[:n]...)[tr.transit(tr.From)] + posted(steps[:n]...)[tr.transit(tr.To)]
			if want := -Fen(n%2) * (tr.Pool + tr.Personal); inTransit != want {
				t.Errorf("after %d steps %d is in transit, want %d", n, inTransit, want)
			}
		}
		sums := posted(steps...)
		if ofKind(sums, PA) != 0 || ofKind(sums, Pool) != 0 || ofKind(sums, Bank) != 0 {
			t.Errorf("a transfer made or lost rights or money: %v", sums)
		}
		if got := sums[Account{Pool, Pension, tr.To}]; got != -tr.Pool {
			t.Errorf("the new region's pool has %d, want %d", -got, tr.Pool)
		}
	})
}

func TestPayoutTakesThePersonsAccountFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, items := anyBatch.Draw(t, "batch"), anyItems.Draw(t, "items")
		locked := PayoutLocked(b, 1, items)
		var total Fen
		for _, it := range items {
			total += it.Amount
			own := posted(locked)[PensionAccount(it.Person)]
			switch pooled := it.Amount - own; {
			case b.Fund != Pension && own != 0:
				t.Errorf("the %s fund took %d from a pension account", b.Fund, own)
			case own > it.Account:
				t.Errorf("%d was taken from an account of %d", own, it.Account)
			case b.Fund == Pension && pooled > 0 && own < it.Account:
				t.Errorf("the pool gave %d while %d were left in the account", pooled, it.Account-own)
			}
		}

		next := Batch{b.ID + "-next", b.Fund, b.Region}
		back := items[0]
		sums := posted(locked, PayoutSent(b, total), PayoutReturned(b, back), PayoutClosed(b),
			PayoutRequeued(next, back), PayoutSent(next, back.Amount), PayoutClosed(next))
		if ofKind(sums, Payable) != 0 || -ofKind(sums, Bank) != total {
			t.Errorf("after return and requeue %d is payable and %d was paid, want 0 and %d", ofKind(sums, Payable), -ofKind(sums, Bank), total)
		}
	})
}

func TestPremiumThatIsPaidLeavesNothingBetweenTheFunds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pool, personal := anyFen.Draw(t, "pool"), anyFen.Draw(t, "personal")
		for a, amount := range posted(PremiumOwed("u", "990001", 7, pool, personal), PremiumPaid("u", "990001", pool+personal)) {
			if a.Kind == Interfund {
				t.Errorf("%s stands at %d, want 0", a, amount)
			}
		}
	})
}
