package relay_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets more tests run at once than there are processors, unless it is told how many: nearly all they do is wait
// for cameras that play in real time.
func TestMain(m *testing.M) {
	flag.Parse()
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "test.parallel" })
	if !told {
		if err := flag.Set("test.parallel", "8"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
