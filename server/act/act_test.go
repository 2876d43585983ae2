package act

import (
	"encoding/json"
	"reflect"
	"testing"

	"iocwall/server/world"
)

func TestCommands(t *testing.T) {
	for _, a := range []Act{AcknowledgeAlert{Alert: "a", Note: "n"}, ShowScene{"w", "s"}, SaveScene{Scene: world.SceneSaved{ID: "s"}}, OpenPopup{Popup: world.PopupAsked{ID: "p", Tiles: []world.Tile{{ID: "t"}}}}, ReportReady{"w", 3, "full"}, Resync{world.Position{Epoch: 1, Seq: 2}, []string{"vessel"}}} {
		raw, err := json.Marshal(Command{ID: "1", Act: a})
		if err != nil {
			t.Fatal(err)
		}
		var got Command
		if err := json.Unmarshal(raw, &got); err != nil || !reflect.DeepEqual(got.Act, a) {
			t.Errorf("%s came back as %+v, %v", a.Act(), got, err)
		}
	}
	for _, bad := range []string{`{}`, `{"id":"1","act":"fly"}`, `{"id":"","act":"scene.show","args":{}}`, `[]`} {
		if err := json.Unmarshal([]byte(bad), new(Command)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// FuzzCommand: whatever is read can be written and read again.
func FuzzCommand(f *testing.F) {
	for kind := range actKinds {
		f.Add([]byte(`{"id":"1","act":"` + kind + `","args":{}}`))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c, again Command
		if json.Unmarshal(data, &c) != nil {
			return
		}
		raw, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &again); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
	})
}

// What a command is called on the wire is what it calls itself.
func TestActsKnowTheirNames(t *testing.T) {
	for name, decode := range actKinds {
		a, err := decode([]byte(`{}`))
		if err != nil || a.Act() != name {
			t.Errorf("%s calls itself %v, %v", name, a, err)
		}
	}
}
