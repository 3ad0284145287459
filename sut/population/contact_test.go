package population

import (
	"strings"
	"testing"
)

// 91350100M000100Y43 is worked through in GB 32100-2015 itself; the others are the published codes of three large firms.
func TestCreditCheckOfPublishedCodes(t *testing.T) {
	for _, code := range []string{"91350100M000100Y43", "9144030071526726XG", "91330100799655058B", "91110000802100433B"} {
		if got := CreditCheck(code[:17]); got != code[17] {
			t.Errorf("check character of %s is %c", code, got)
		}
	}
	for _, bad := range []string{"", "9135010", "9135010IM000100Y4"} {
		if got := CreditCheck(bad); got != 0 {
			t.Errorf("check character of %q is %c, want none", bad, got)
		}
	}
}

// D2143569X is the example of GB 11714; 71526726X and 799655058 stand in the codes above.
func TestOrganisationCheckOfPublishedCodes(t *testing.T) {
	for _, code := range []string{"D2143569X", "71526726X", "799655058", "802100433"} {
		if got := organisationCheck([]byte(code[:8])); got != code[8] {
			t.Errorf("check character of %s is %c", code, got)
		}
	}
}

// 79927398713 is the usual example; 4111111111111111 and 378282246310005 are card makers' test numbers.
func TestLuhnOfPublishedNumbers(t *testing.T) {
	for _, number := range []string{"79927398713", "4111111111111111", "378282246310005"} {
		last := len(number) - 1
		if got := Luhn([]byte(number[:last])); got != number[last] {
			t.Errorf("check digit of %s is %c", number, got)
		}
	}
}

func TestNobodySharesAPhoneOrAnAccount(t *testing.T) {
	p := make100k(t)
	seen := make(map[string]bool)
	for i := range p.Size() {
		phone, bank := p.Phone(i), p.BankAccount(i)
		if len(phone) != 11 || !strings.HasPrefix(phone, "142") || len(bank) != 19 || !strings.HasPrefix(bank, "9999") {
			t.Fatalf("person %d has phone %s and account %s", i, phone, bank)
		}
		if Luhn([]byte(bank[:18])) != bank[18] || seen[phone] || seen[bank] {
			t.Fatalf("person %d shares phone %s or account %s, or its check digit is wrong", i, phone, bank)
		}
		seen[phone], seen[bank] = true, true
	}
	for e := range p.Employers() {
		bank, code := p.EmployerAccount(e), p.CreditCode(e)
		if seen[bank] || seen[code] || code[2:4] != "99" || CreditCheck(code[:17]) != code[17] || organisationCheck([]byte(code[8:16])) != code[16] {
			t.Fatalf("employer %d shares account %s or code %s, or the code is wrong", e, bank, code)
		}
		seen[bank], seen[code] = true, true
	}
}

func TestAnIDLeadsBackToItsIndexAndNoOtherSpellingDoes(t *testing.T) {
	p := make100k(t)
	for i := 0; i < p.Size(); i += 991 {
		if got, found := p.PersonByID(p.Person(i).ID); !found || got != i {
			t.Errorf("the id of person %d leads to %d, %v", i, got, found)
		}
	}
	for e := range p.Employers() {
		if got, found := p.EmployerByID(p.Employer(e).ID); !found || got != e {
			t.Errorf("the id of employer %d leads to %d, %v", e, got, found)
		}
	}
	for _, bad := range []string{"", "P", "P1", "P0000001", "P000000001", "P00100000", "p00000001", "P+0000001", "P0000000a", "E00000001"} {
		if i, found := p.PersonByID(bad); found {
			t.Errorf("%q leads to person %d", bad, i)
		}
	}
	for _, bad := range []string{"", "E", "E1", "E0000001", "E999999", "P000001"} {
		if e, found := p.EmployerByID(bad); found {
			t.Errorf("%q leads to employer %d", bad, e)
		}
	}
}
