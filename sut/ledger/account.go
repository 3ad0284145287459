package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// Fen is an amount of money in hundredths of a yuan. A debit is positive, a credit negative.
type Fen int64

// A Fund is one of the separate books of social insurance.
type Fund string

// The funds. Medical holds maternity too: the two books were merged in the 2018 law, article 64.
const (
	Pension      Fund = "pension"
	Unemployment Fund = "unemployment"
	Injury       Fund = "injury"
	Medical      Fund = "medical"
)

// Funds are all of them.
func Funds() []Fund { return []Fund{Pension, Unemployment, Injury, Medical} }

// A Kind is a row of the chart of accounts, described in the package comment.
type Kind string

// The kinds of account.
const (
	Bank      Kind = "BANK"
	Fiscal    Kind = "FISCAL"
	Recv      Kind = "RECV"
	Deferred  Kind = "DEFERRED"
	Susp      Kind = "SUSP"
	Pool      Kind = "POOL"
	PA        Kind = "PA"
	MA        Kind = "MA"
	Payable   Kind = "PAYABLE"
	Transit   Kind = "TRANSIT"
	Overpaid  Kind = "OVERPAID"
	LateFee   Kind = "LATEFEE"
	Interest  Kind = "INTEREST"
	Interfund Kind = "INTERFUND"
	Opening   Kind = "OPENING"
)

// An Account is one line of the book: a kind in a fund, kept for an owner (a region, payer, bank, hospital,
// entitlement, batch, transfer or person).
type Account struct {
	Kind  Kind
	Fund  Fund
	Owner string
}

// PensionAccount is the pension personal account of a person.
func PensionAccount(person uint64) Account {
	return Account{PA, Pension, strconv.FormatUint(person, 10)}
}

// MedicalAccount is the medical personal account of a person.
func MedicalAccount(person uint64) Account {
	return Account{MA, Medical, strconv.FormatUint(person, 10)}
}

// String is the account's stored form, "POOL:medical:420500".
func (a Account) String() string {
	return string(a.Kind) + ":" + string(a.Fund) + ":" + a.Owner
}

// ParseAccount reads what [Account.String] wrote. The owner may hold colons, and no part may hold a space.
func ParseAccount(s string) (Account, error) {
	kind, rest, _ := strings.Cut(s, ":")
	fund, owner, _ := strings.Cut(rest, ":")
	a := Account{Kind(kind), Fund(fund), owner}
	if !a.storable() {
		return Account{}, fmt.Errorf("account %q: want KIND:fund:owner, such as POOL:medical:420500", s)
	}
	return a, nil
}

// storable tells whether the account reads back from its stored form as itself.
func (a *Account) storable() bool {
	return graphic(string(a.Kind), ':') && graphic(string(a.Fund), ':') && graphic(a.Owner, ' ')
}

// graphic tells whether s is one or more visible ASCII characters, none of them without.
func graphic(s string, without byte) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == without {
			return false
		}
	}
	return s != ""
}
