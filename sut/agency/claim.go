package agency

import (
	"context"
	"errors"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// A Bill is the body of claims.preview and claims.settle: one visit of one patient.
type Bill struct {
	Visit    string     `json:"visit"` // the hospital's number, unique there
	IDNo     string     `json:"id_no"` // the patient's citizen identity number
	Hospital string     `json:"hospital"`
	Tier     int        `json:"tier"` // 1 to 3; 0 is a community clinic
	Date     rules.Date `json:"visit_date"`
	Lines    []BillLine `json:"lines"`
}

// A BillLine is one item of a bill.
type BillLine struct {
	Item     string `json:"item"`
	Qty      int64  `json:"qty"`
	Unit     int64  `json:"unit_fen"`
	InPolicy bool   `json:"in_policy"`
}

// A Split is the answer of claims.preview: who pays what of a bill.
type Split struct {
	Total      ledger.Fen `json:"total_fen"`
	Deductible ledger.Fen `json:"deductible_fen"`
	Fund       ledger.Fen `json:"fund_fen"`
	Account    ledger.Fen `json:"account_fen"`
	Cash       ledger.Fen `json:"cash_fen"`
	Pack       string     `json:"pack,omitempty"` // the policy in force on the visit date, if it pays anything
	Trace      []string   `json:"trace"`
}

// A Settlement is the answer of claims.settle.
type Settlement struct {
	Claim  string `json:"claim"`
	Status string `json:"status"`
	Split
	Txn     int64  `json:"ledger_txn"`
	Receipt string `json:"receipt_hash"`
}

// Preview divides a bill and changes nothing: a settlement at the same moment would give the same.
func (a *Agency) Preview(ctx context.Context, hospital string, b Bill) (s Split, err error) {
	who, err := a.patient(hospital, b)
	if err != nil {
		return s, err
	}
	err = a.Store.View(ctx, func(v store.View) error {
		s, err = a.split(v, who, b)
		return err
	})
	return s, err
}

// Settle divides a bill and posts it, once per key.
func (a *Agency) Settle(ctx context.Context, k Key, now time.Time, hospital string, b Bill) (store.Answer, bool, error) {
	who, err := a.patient(hospital, b)
	if err != nil {
		return store.Answer{}, false, err
	}
	return store.Once(ctx, a.Store, k.Key, k.Fingerprint, func(tx store.Tx) (store.Answer, error) {
		if err := meet(tx, who, now); err != nil {
			return store.Answer{}, err
		}
		s, err := a.split(tx, who, b)
		if err != nil {
			return store.Answer{}, err
		}
		return a.settle(tx, k, now, who, b, s)
	})
}

func (a *Agency) settle(tx store.Tx, k Key, now time.Time, who population.Person, b Bill, s Split) (store.Answer, error) {
	ref := b.Hospital + "/" + b.Visit
	t := ledger.Settled(ledger.Claim{
		Ref: ref, Region: who.Region, Hospital: b.Hospital, Person: uint64(who.Index), Fund: s.Fund, Account: s.Account,
	})
	t.At = now.UnixMilli()
	posted, err := tx.Post(t)
	if errors.Is(err, store.ErrExists) {
		return store.Answer{}, refuse(Conflict, "visit-settled", "visit %s was settled under another key", b.Visit)
	}
	if err != nil {
		return store.Answer{}, err
	}
	err = tx.AddClaim(store.Claim{
		Hospital: b.Hospital, Visit: b.Visit, Person: uint64(who.Index), Date: b.Date.String(), Tier: b.Tier,
		Deductible: s.Deductible, Fund: s.Fund, Account: s.Account, Cash: s.Cash, Pack: s.Pack, Txn: posted.Seq,
	})
	if err != nil {
		return store.Answer{}, err
	}
	return k.answer(posted, Settlement{Claim: ref, Status: "settled", Split: s, Txn: posted.Seq, Receipt: k.receipt(posted)})
}

// patient checks the names in a bill and finds whom it is for.
func (a *Agency) patient(hospital string, b Bill) (population.Person, error) {
	if hospital != b.Hospital {
		return population.Person{}, refuse(Forbidden, "other-hospital", "the token is of hospital %s, the bill of %q", hospital, b.Hospital)
	}
	if err := identified("visit", b.Visit); err != nil {
		return population.Person{}, err
	}
	if b.Date == 0 {
		return population.Person{}, refuse(Malformed, "no-visit-date", "visit_date is missing: want a day such as 2023-01-01")
	}
	return a.find(b.IDNo)
}

// split asks the rules, with the person's balance and year as they stand.
func (a *Agency) split(v store.View, who population.Person, b Bill) (Split, error) {
	_, medical, err := balances(v, who)
	if err != nil {
		return Split{}, err
	}
	spent, err := v.Spent(uint64(who.Index), b.Date.Year())
	if err != nil {
		return Split{}, err
	}
	lines := make([]rules.Line, len(b.Lines))
	for i, l := range b.Lines {
		lines[i] = rules.Line(l)
	}
	s, err := a.Rules.Settle(rules.Visit{
		Region: who.Region, Date: b.Date, Tier: b.Tier, Retired: who.Status == population.Retired, Lines: lines,
		Year: rules.YearToDate{Deductible: int64(spent.Deductible), Fund: int64(spent.Fund)}, Account: int64(medical),
	})
	if err != nil {
		return Split{}, ruled(err)
	}
	split := Split{
		Total: ledger.Fen(s.Total), Deductible: ledger.Fen(s.Deductible), Fund: ledger.Fen(s.Fund),
		Account: ledger.Fen(s.Account), Cash: ledger.Fen(s.Cash), Trace: s.Trace,
	}
	if len(s.Packs) > 0 {
		split.Pack = s.Packs[0]
	}
	return split, nil
}
