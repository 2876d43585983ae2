package main

import (
	"strings"
	"testing"

	"iocwall/server/settings"
)

func TestCamerasImportOfATable(t *testing.T) {
	config := write(t, "ioc.yaml", before(t, "10.0.0.9"))
	table := write(t, "c.csv", "id,name,lat,lon,main,user,password_ref\n"+
		"cau,Cầu Câu Lâu,15.85,108.28,rtsp://10.0.0.9:554/old,viewer,env:NEW\nmoi,Bến mới,15.9,108.4,rtsp://10.0.0.10/x,viewer,env:NEW\n")
	out, _, err := call(t, "cameras", "import", "--csv", table, "--config", config, "--write")
	want := `@@ cau: changed @@
-    user: old
+    user: viewer
-    password: env:OLD
+    password: env:NEW
@@ moi: new @@
+  - id: moi
+    name: Bến mới
+    pos: [108.4, 15.9]
+    user: viewer
+    password: env:NEW
+    streams: [{name: main, url: "rtsp://10.0.0.10/x"}]
`
	if err != nil || out != want {
		t.Errorf("got\n%s%v\nwant\n%s", out, err, want)
	}
	c, problems := settings.Load(config)
	if len(problems) > 0 || len(c.Cameras) != 3 || c.Cameras[0].User != "viewer" || c.Cameras[2].ID != "moi" || c.Cameras[0].Heading == nil {
		t.Errorf("got %+v, %v", c.Cameras, problems)
	}
	table = write(t, "d.csv", "id,name,lat,lon,main,area\nx,X,15.9,108.4,rtsp://10.0.0.10/x,nowhere\n")
	if _, _, err = call(t, "cameras", "import", "--csv", table, "--config", config, "--write"); err == nil || !strings.Contains(err.Error(), `no area "nowhere"`) {
		t.Errorf("an unknown area is written: %v", err)
	}
}
