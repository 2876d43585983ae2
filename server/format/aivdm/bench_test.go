package aivdm

import (
	"testing"
	"time"
)

// BenchmarkSentence decodes one sentence from its line to its message.
func BenchmarkSentence(b *testing.B) {
	lines := [][]byte{
		[]byte("!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A"),
		[]byte(`\s:station,c:1700000000*45\!AIVDM,1,1,,B,B5MiOp0006g4up6:EV403wr5oP06,0*38`),
		[]byte("!AIVDM,2,1,9,B,55R3Vn82=ILTQ3KKS>1<D60Dq@E918U<F222221J1`?164vc03S1CCAD,0*2A"),
		[]byte("!AIVDM,2,2,9,B,`88888888888880,2*76"),
	}
	d := NewDecoder()
	var j Joiner
	now := time.Unix(1_700_000_000, 0)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s, err := Parse(lines[i%len(lines)])
		if err != nil {
			b.Fatal(err)
		}
		p, whole, err := j.Add(s, now)
		if err != nil {
			b.Fatal(err)
		}
		if !whole {
			continue
		}
		if _, err := d.Decode(p.Bits); err != nil {
			b.Fatal(err)
		}
	}
}
