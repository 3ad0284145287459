package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// CheckCitation is nil where an article that the citation names provides what the topic says, whenever that was in
// force; else the error names the articles that do. It asks the register that comes with the program ([Articles]).
func CheckCitation(topic, citation string) error {
	r, err := Articles()
	if err != nil {
		return err
	}
	return r.Check(topic, citation, 0)
}

// Check is [CheckCitation] by this register, for what is cited on a day; the zero day is any.
//
// A citation is a list of sources with ";" between them, each the name of a law and, with "," between them, its articles:
// "社会保险法 73, 89(3); 社会保险经办条例 46". It also understands 《社会保险法》第八十九条第三项, Article 87 of the
// Social Insurance Law, and 34–39. An article cited as a whole cites its items. What follows the name of a notice without
// articles is remark.
func (r *Register) Check(topic, citation string, day Date) error {
	var right []string
	for a := range r.all {
		if slices.Contains(a.Topics, topic) && a.InForce(day) {
			right = append(right, a.String())
		}
	}
	if len(right) == 0 {
		return fmt.Errorf("no article in force %son %q: want one of the topics %s", onDay(day), topic, strings.Join(r.Topics(), ", "))
	}
	var found []string
	for part := range strings.FieldsFuncSeq(citation, func(c rune) bool { return c == ';' || c == '；' || c == '《' }) {
		if strings.Trim(filler.Replace(part), " ,，、和") == "" {
			continue
		}
		provides, what := r.provides(part, topic, day)
		if provides {
			return nil
		}
		found = append(found, what...)
	}
	if len(found) == 0 {
		found = []string{"it names nothing"}
	}
	return fmt.Errorf("citation %q does not give %q: %s. Cite %s", citation, topic, strings.Join(found, "; "), strings.Join(right, ", "))
}

func onDay(day Date) string {
	if day == 0 {
		return ""
	}
	return "on " + day.String() + " "
}

// provides says whether one source of a citation provides the topic, and else what its articles say.
func (r *Register) provides(part, topic string, day Date) (ok bool, found []string) {
	src, rest := r.named(part)
	if src == nil {
		return false, []string{fmt.Sprintf("%q is not in the register", strings.TrimSpace(part))}
	}
	cited := []string{""}
	if src.articles[0].At != "" {
		var err error
		if cited, err = articles(rest); err != nil {
			return false, []string{fmt.Sprintf("%s: %v", src.names[0], err)}
		}
		if len(cited) == 0 {
			return false, []string{src.names[0] + " is cited without an article"}
		}
	}
	for _, at := range cited {
		known := false
		for i := range src.articles {
			a := &src.articles[i]
			if !covers(at, a.At) {
				continue
			}
			known = true
			switch {
			case !a.InForce(day):
				found = append(found, fmt.Sprintf("%s is not in force on %s", a, day))
			case slices.Contains(a.Topics, topic):
				return true, nil
			default:
				found = append(found, fmt.Sprintf("%s is on %s (%s)", a, strings.Join(a.Topics, ", "), strings.TrimSuffix(a.Provides, ".")))
			}
		}
		if !known {
			found = append(found, fmt.Sprintf("%s %s is not in the register", src.names[0], at))
		}
	}
	return false, found
}

// covers says whether the article cited is the one registered, a whole of which that is an item, or a part of it.
func covers(cited, registered string) bool {
	return cited == registered || strings.HasPrefix(registered, cited+"(") || strings.HasPrefix(cited, registered+"(")
}

// number is one article: 87, 第87条, 第八十九条第三项, 89(3), Article 89 (3), or a stretch such as 34–39.
var (
	number  = regexp.MustCompile(`^(?:第|§|articles?|art\.?|arts\.?)?\s*([0-9]{1,4}|[一二三四五六七八九十百]{1,7})\s*条?\s*(?:第[0-9一二三四五六七八九十]+款)?((?:\s*(?:第|\(|（)\s*[0-9a-z一二三四五六七八九十]{1,3}\s*(?:项|\)|）))*)$`)
	stretch = regexp.MustCompile(`^([^-–—至]+)[-–—至](.+)$`)
	item    = regexp.MustCompile(`[0-9a-z]+|[一二三四五六七八九十]+`)
	filler  = strings.NewReplacer("《", "", "》", "", "of the", "", "根据", "", "依据", "", "按照", "", "规定", "", "的", "")
)

// articles reads what a citation says beside the name of the law.
func articles(text string) (found []string, err error) {
	text = strings.ToLower(filler.Replace(text))
	for one := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune(",，、和", c) }) {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		if at, ok := article(one); ok {
			found = append(found, at)
			continue
		}
		ends := stretch.FindStringSubmatch(one)
		if ends == nil {
			return nil, fmt.Errorf("%q is no article: want one such as 87 or 89(3)", one)
		}
		first, ok1 := article(strings.TrimSpace(ends[1]))
		last, ok2 := article(strings.TrimSpace(ends[2]))
		lo, err1 := strconv.Atoi(first)
		hi, err2 := strconv.Atoi(last)
		if !ok1 || !ok2 || err1 != nil || err2 != nil || lo > hi || hi-lo > 100 {
			return nil, fmt.Errorf("%q is no stretch of articles: want one such as 34-39", one)
		}
		for n := lo; n <= hi; n++ {
			found = append(found, strconv.Itoa(n))
		}
	}
	return found, nil
}

// article is the article in our own writing, such as 89(3).
func article(text string) (at string, ok bool) {
	m := number.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	at = arabic(m[1])
	for _, i := range item.FindAllString(m[2], -1) {
		at += "(" + arabic(i) + ")"
	}
	return at, true
}

// arabic writes a Chinese number below a thousand in digits: 八十九 is 89, 十 is 10, 一百二十 is 120.
func arabic(s string) string {
	if s[0] < 0x80 {
		return s
	}
	n, digit := 0, 0
	for _, c := range s {
		switch c {
		case '百':
			n, digit = n+max(1, digit)*100, 0
		case '十':
			n, digit = n+max(1, digit)*10, 0
		default:
			digit = slices.Index([]rune("〇一二三四五六七八九"), c)
		}
	}
	return strconv.Itoa(n + digit)
}
