package rules

import (
	"slices"
	"strings"
	"testing"
)

// The first source text says that benefits paid too little or too much are made good under Article 87 of the Social
// Insurance Law. That article punishes fraud.
func TestTheSourceTextsCitationIsRejected(t *testing.T) {
	for _, citation := range []string{"根据《社会保险法》第87条", "社会保险法 87", "《中华人民共和国社会保险法》第八十七条", "Article 87 of the Social Insurance Law", "SIL 87"} {
		err := CheckCitation("make-good", citation)
		if err == nil {
			t.Errorf("%s passes", citation)
			continue
		}
		for _, want := range []string{
			"社会保险法 87 is on fraud-by-institution",
			"Cite 社会保险法 73, 社会保险法 89(3), 社会保险经办条例 46, 社会保险经办条例 53(3)",
		} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error is %q, want %q in it", citation, err, want)
			}
		}
	}
}

// What the articles say: 社会保险法, 社会保险经办条例 and 社会保险费征缴暂行条例, read in github.com/LawRefBook/Laws.
func TestCitations(t *testing.T) {
	r, err := Articles()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, topic, citation string
		day                   Date
		want                  string // in the error; empty: it passes
	}{
		{"the duty to pay in time", "pay-on-time", "社会保险法 73", 0, ""},
		{"the liability for late payment", "pay-on-time", "社会保险法 89(3)", 0, ""},
		{"an article as a whole cites its items", "pay-on-time", "社会保险法 89", 0, ""},
		{"in Chinese, with its item", "pay-on-time", "《社会保险法》第八十九条第三项", 0, ""},
		{"with brackets and spaces", "pay-on-time", "经办条例 第53条（三）", 0, ""},
		{"with a paragraph, which the register does not tell apart", "pay-on-time", "社会保险法第七十三条第二款", 0, ""},
		{"another item", "pay-on-time", "社会保险法 89(2)", 0, "社会保险法 89(2) is on fiscal-account"},
		{"an item that is not there", "pay-on-time", "社会保险法 89(9)", 0, "社会保险法 89(9) is not in the register"},
		{"one of two is enough", "pay-on-time", "社会保险法 87, 73", 0, ""},
		{"one of two laws is enough", "recover-overpayment", "《社会保险法》第八十七条、《社会保险经办条例》第四十六条", 0, ""},
		{"a stretch of articles", "injury-benefit", "工伤条例 34–39", 0, ""},
		{"overpayment is not what 87 is on", "recover-overpayment", "社会保险法 87", 0, "Cite 社会保险经办条例 46"},
		{"fraud is", "fraud-by-institution", "社会保险法 87", 0, ""},
		{"the 110 %", "assess-110", "社会保险法 62", 0, ""},
		{"the late fee", "late-fee", "社会保险法 86", 20230101, ""},
		{"the late fee of 1999 was overridden", "late-fee", "征缴条例 13", 20230101, "社会保险费征缴暂行条例 13 is not in force on 2023-01-01. Cite 社会保险法 86"},
		{"and was right before", "late-fee", "征缴条例 13", 20100101, ""},
		{"a regulation before its first day", "recover-overpayment", "经办条例 46", 20221231, "no article in force on 2022-12-31"},
		{"a notice is cited as a whole", "outpatient", "宜府办发〔2022〕73号", 20230101, ""},
		{"a law that nobody knows", "late-fee", "某法 1", 0, `"某法 1" is not in the register`},
		{"a law without an article", "late-fee", "社会保险法", 0, "is cited without an article"},
		{"what is no article", "late-fee", "社会保险法 x", 0, `"x" is no article`},
		{"a stretch that runs backwards", "late-fee", "社会保险法 90-80", 0, "is no stretch"},
		{"nothing", "late-fee", " ;", 0, "it names nothing"},
		{"a topic that nobody knows", "weather", "社会保险法 86", 0, "want one of the topics assess-110, assisted-access"},
	} {
		err := r.Check(c.topic, c.citation, c.day)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %s for %s: error is %v, want %q", c.name, c.citation, c.topic, err, c.want)
		}
	}
}

// Every source that a pack cites is in the register, was in force while the pack was, and is on what the rule is on.
func TestEveryCitationOfAPackIsRight(t *testing.T) {
	r, err := Articles()
	if err != nil {
		t.Fatal(err)
	}
	topics := map[string][]string{
		"O1": {"contribution-base"}, "O2": {"contributions"}, "O3": {"flexible-contributions"}, "O4": {"assess-110"}, "O5": {"late-fee"},
		"O6": {"retirement-age"}, "O7": {"minimum-months"}, "O8": {"payout-months"}, "O9": {"pension-formula"}, "O11": {"transition-pension"},
		"O12": {"pension-base"}, "O13": {"pension-base"}, "O14": {"unemployment-term", "unemployment-amount"}, "O15": {"injury-benefit"},
		"O16": {"injury-rates"}, "O17": {"maternity"}, "O18": {"outpatient"}, "O19": {"medical-waiting"}, "O20": {"transfer"},
		"O21": {"primary-insurance", "retirement-age", "minimum-months"},
	}
	checked := 0
	for _, p := range open(t).Packs() {
		day := p.From
		if p.To == 0 {
			day = 99991231 // a stand-in may cite what came after its first day
		}
		for _, s := range p.Rules {
			for _, cited := range singly(s.Citation) {
				checked++
				var errs []error
				for _, topic := range topics[s.Rule] {
					errs = append(errs, r.Check(topic, cited, day))
				}
				if !slices.Contains(errs, nil) {
					t.Errorf("%s %s cites %s: %v", p.name(), s.Rule, cited, errs)
				}
			}
		}
	}
	if checked < 60 {
		t.Errorf("only %d citations were checked", checked)
	}
}

// singly is each article of a citation as a citation of its own: "社会保险法 12, 23" is "社会保险法 12" and "社会保险法 23".
func singly(citation string) (list []string) {
	for part := range strings.SplitSeq(citation, ";") {
		name := ""
		for i, one := range strings.Split(strings.TrimSpace(part), ", ") {
			if i == 0 {
				name, _, _ = strings.Cut(one, " ")
			} else if !strings.Contains(one, "〔") {
				one = name + " " + one
			}
			list = append(list, one)
		}
	}
	return list
}

func TestABadRegisterIsRefused(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no topic", "- {law: a, from: 2020-01-01, provides: b}", "want a law"},
		{"no first day", "- {law: a, topics: [t], provides: b}", "want a law"},
		{"twice the same", "- {law: a, from: 2020-01-01, topics: [t], provides: b}\n- {law: a, from: 2020-01-01, topics: [t], provides: b}", "each article once"},
		{"an article without number", "- {law: a, from: 2020-01-01, articles: [{at: '', topics: [t], provides: b}]}", "want a law"},
		{"an unknown key", "- {lore: a}", "lore"},
	} {
		if _, err := ReadRegister(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzCheckCitation(f *testing.F) {
	r, err := Articles()
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range open(f).Packs() {
		for _, s := range p.Rules {
			f.Add(s.Citation)
		}
	}
	f.Add("根据《社会保险法》第八十七条、第八十九条第（三）项")
	f.Fuzz(func(t *testing.T, citation string) {
		if err := r.Check("pay-on-time", citation, 0); err == nil && !strings.ContainsAny(citation, "789五七八") {
			t.Errorf("%q passes and names none of the articles", citation)
		}
	})
}
