import BulkSystem

/// What all pages have in common: the head with its policy, the style, and the script.
///
/// A page is one file without a reference to anything outside. Its policy allows exactly this style and this script,
/// by their hashes, and no request.
enum PageFrame {
    /// Begins a page, up to its first heading's text.
    static func begin(_ page: inout HTMLWriter, title: String) {
        page.markup(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-
            """)
        page.text(styleHash)
        page.markup("'; script-src 'sha256-")
        page.text(scriptHash)
        page.markup(
            """
            '; img-src data:; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex">
            <link rel="icon" href="data:,">
            <title>
            """)
        page.text(title)
        page.markup("</title>\n<style>")
        page.markup(style)
        page.markup("</style>\n</head>\n<body>\n<header>\n<h1>")
    }

    /// Ends a page.
    static func end(_ page: inout HTMLWriter, tool: String) {
        page.markup("</main>\n<footer>\n<p>Made by ")
        page.text(tool)
        page.markup(", from local files alone.</p>\n</footer>\n<script>")
        page.markup(script)
        page.markup("</script>\n</body>\n</html>\n")
    }

    private static let styleHash = hash(style)
    private static let scriptHash = hash(script)

    /// The SHA-256 of a text in Base64, as a content security policy has it (CSP 3, section 2.3.1).
    private static func hash(_ text: StaticString) -> String {
        var hash = SHA256()
        hash.update(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        let digest = hash.digest()
        var bytes: [UInt8] = []
        for place in 0..<8 {
            for shift in [24, 16, 8, 0] as [UInt32] {
                bytes.append(UInt8(truncatingIfNeeded: digest[place] >> shift))
            }
        }
        return Base64.text(of: bytes)
    }

    /// Two columns' worth of colours: each text has a contrast of 4.5 or more against its ground, light and dark, and
    /// each colour of a drawing one of 3 or more against the card.
    static let style: StaticString = """
        :root{color-scheme:light dark;--ground:#f5f6f8;--card:#fff;--ink:#1a1f26;--soft:#535d69;--line:#d5dae1;
        --accent:#0b5cad;--quota:#b3261e;--wait:#a97c00;
        --updated:#1b7a47;--unchanged:#8792a0;--invalid:#b35309;--conflict:#7a3fbf;--held:#2a63c5;--excluded:#8f8468;
        --failed:#c0282b;--unknown:#a3216c;--unsent:#56616e}
        @media (prefers-color-scheme:dark){:root{--ground:#0f1216;--card:#181d23;--ink:#e7eaee;--soft:#a3adb9;
        --line:#343c46;--accent:#7ab8f5;--quota:#ff8a80;--wait:#8f7a2e;
        --updated:#46b878;--unchanged:#768290;--invalid:#e6944a;--conflict:#b58aec;--held:#7da6f2;--excluded:#8a7f68;
        --failed:#f0706f;--unknown:#e570b2;--unsent:#9aa5b2}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--ink);
        font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        header,main,footer{max-width:70rem;margin:0 auto;padding:0 1rem}
        header{padding-top:2rem}
        footer{color:var(--soft);padding-bottom:2rem;font-size:.875rem}
        h1{font-size:1.625rem;line-height:1.25;margin:0 0 .5rem;overflow-wrap:anywhere;text-wrap:balance}
        h2{font-size:1.125rem;line-height:1.3;margin:0 0 .75rem}
        p{margin:0 0 .75rem;overflow-wrap:anywhere}
        p:last-child{margin-bottom:0}
        section{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0}
        .lead,.note{color:var(--soft)}
        .note{font-size:.875rem}
        .warning{border-left:.25rem solid var(--quota);padding-left:.75rem}
        .production{border:.125rem solid var(--quota);border-radius:.375rem;padding:.5rem .75rem;font-weight:600}
        code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
        code{overflow-wrap:anywhere}
        pre{margin:0 0 .5rem;padding:.625rem .75rem;background:var(--ground);border:1px solid var(--line);
        border-radius:.375rem;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all}
        pre:last-child{margin-bottom:0}
        .scroll{overflow-x:auto;max-width:100%}
        .tall{max-height:34rem;overflow-y:auto}
        .beside .tall{max-height:14rem}
        .tall thead th{position:sticky;top:0;background:var(--card);box-shadow:0 1px var(--line)}
        table{border-collapse:collapse;width:100%;font-size:.875rem}
        caption{text-align:left;color:var(--soft);padding-bottom:.375rem}
        th,td{text-align:left;vertical-align:top;padding:.375rem .75rem .375rem 0;border-bottom:1px solid var(--line)}
        tbody tr:last-child>*{border-bottom:0}
        thead th{color:var(--soft);font-weight:600;white-space:nowrap}
        .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        .message{min-width:14rem}
        .change{min-width:11rem}
        .message,.change{overflow-wrap:anywhere}
        .scroll+p,.legend+p{margin-top:.75rem}
        td code{white-space:nowrap}
        .samples{color:var(--soft)}
        #edit{position:sticky;bottom:.5rem;z-index:1;border-color:var(--accent);box-shadow:0 .25rem 1rem rgb(0 0 0/.25)}
        #edit pre{max-height:8rem;overflow-y:auto}
        th button{font:inherit;font-weight:600;color:inherit;background:none;border:0;padding:0;cursor:pointer}
        th button::after{content:"\\2195";opacity:.55;padding-left:.25rem}
        th[aria-sort=ascending] button::after{content:"\\2191";opacity:1}
        th[aria-sort=descending] button::after{content:"\\2193";opacity:1}
        svg{display:block;width:100%}
        rect{shape-rendering:crispEdges}
        .bar{height:1.25rem;border-radius:.25rem;overflow:hidden}
        .chart{height:11rem;background:var(--ground);border-radius:.25rem}
        .legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:.75rem 0 0;padding:0}
        .legend li{display:flex;align-items:center;gap:.5rem}
        .key{width:.75rem;height:.75rem;border-radius:.1875rem;flex:none}
        .axis{display:flex;justify-content:space-between;gap:1rem;color:var(--soft);font-size:.8125rem;
        font-variant-numeric:tabular-nums}
        .pair{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr)}
        @media (min-width:48rem){.pair{grid-template-columns:minmax(0,3fr) minmax(0,2fr)}}
        dl{display:grid;grid-template-columns:minmax(0,1fr);gap:0 1rem;margin:0}
        dt{color:var(--soft)}
        dd{margin:0 0 .5rem;overflow-wrap:anywhere}
        @media (min-width:40rem){dl{grid-template-columns:11rem minmax(0,1fr)}dd{margin:0 0 .25rem}}
        .controls{display:flex;flex-wrap:wrap;gap:.75rem 1rem;align-items:end;margin-bottom:.75rem}
        .controls label{display:grid;gap:.25rem;font-size:.875rem;color:var(--soft)}
        .controls p{margin:0;color:var(--soft);font-size:.875rem}
        .heard{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        [hidden]{display:none!important}
        input,select{font:inherit;color:inherit;accent-color:var(--accent)}
        input[type=search],select{background:var(--card);border:1px solid var(--soft);border-radius:.375rem;
        height:2.25rem;padding:0 .5rem;min-width:0;max-width:100%}
        input[type=checkbox]{width:1.125rem;height:1.125rem;margin:.125rem 0}
        tr.dropped>*{color:var(--soft);text-decoration:line-through}
        :focus-visible{outline:.1875rem solid var(--accent);outline-offset:.125rem}
        .updated{fill:var(--updated);background:var(--updated)}.unchanged{fill:var(--unchanged);background:var(--unchanged)}
        .update{fill:var(--updated);background:var(--updated)}
        .invalid{fill:var(--invalid);background:var(--invalid)}.conflict{fill:var(--conflict);background:var(--conflict)}
        .held{fill:var(--held);background:var(--held)}.excluded{fill:var(--excluded);background:var(--excluded)}
        .failed{fill:var(--failed);background:var(--failed)}.unknown{fill:var(--unknown);background:var(--unknown)}
        .unsent{fill:var(--unsent);background:var(--unsent)}
        .sent{fill:var(--accent);background:var(--accent)}.wait{fill:var(--wait);background:var(--wait)}
        .refused{fill:var(--quota);background:var(--quota)}.limit{stroke:var(--quota);stroke-width:2}
        .key.limit{height:.1875rem;background:var(--quota)}
        @media print{:root{--ground:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;color-scheme:light}
        section{border:0;padding:0;break-inside:auto}tr,figure,.bar{break-inside:avoid}
        .controls,.pick,#edit{display:none}.scroll,.tall{overflow:visible;max-height:none}
        th button{display:contents}th button::after{content:none}
        svg,.key{print-color-adjust:exact;-webkit-print-color-adjust:exact}}

        """

    /// The filter and the sorting of the rows, and the command that leaves rows out of a plan.
    static let script: StaticString = """
        "use strict";
        (() => {
          const byId = (id) => document.getElementById(id);
          const number = (count) => count.toLocaleString("en-US");
          const body = byId("rows-body");
          if (body) {
            const rows = [...body.rows];
            const texts = rows.map((row) => row.textContent.toLowerCase());
            const find = byId("find"), only = byId("only"), shown = byId("shown");
            const filter = () => {
              const words = find.value.toLowerCase().split(/\\s+/).filter(Boolean);
              let count = 0;
              rows.forEach((row, index) => {
                const fits = (!only.value || row.dataset.kind === only.value)
                  && words.every((word) => texts[index].includes(word));
                row.hidden = !fits;
                if (fits) count += 1;
              });
              shown.textContent = `${number(count)} of ${number(rows.length)} listed rows`;
            };
            find.addEventListener("input", filter);
            only.addEventListener("change", filter);
            byId("controls").hidden = false;
            filter();
            // The digits of a ticket's id are not a number.
            const byText = new Intl.Collator().compare;
            const byNumber = new Intl.Collator(undefined, { numeric: true }).compare;
            const heads = [...document.querySelectorAll("#rows thead th")];
            heads.forEach((head, column) => {
              if (head.classList.contains("pick")) return;
              const button = document.createElement("button");
              button.type = "button";
              button.append(...head.childNodes);
              head.append(button);
              button.addEventListener("click", () => {
                const isDown = head.getAttribute("aria-sort") === "ascending";
                heads.forEach((other) => other.removeAttribute("aria-sort"));
                head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
                const key = (row) => row.cells[column].textContent;
                const order = head.classList.contains("number") ? byNumber : byText;
                const sorted = [...rows].sort((a, b) => order(key(a), key(b)));
                if (isDown) sorted.reverse();
                body.append(...sorted);
              });
            });
          }
          const command = byId("edit-command");
          if (!command) return;
          const groups = [...document.querySelectorAll("input[data-rows]")];
          const boxes = [...document.querySelectorAll("input[data-row]")];
          [...groups, ...boxes].forEach((box) => { box.disabled = false; });
          const each = (ranges, use) => {
            for (const range of ranges.split(",")) {
              const [first, last] = range.split("-").map(Number);
              for (let row = first; row <= (last ?? first); row += 1) use(row);
            }
          };
          const show = () => {
            const dropped = new Set();
            for (const box of groups) if (!box.checked) each(box.dataset.rows, (row) => dropped.add(row));
            for (const box of boxes) {
              each(box.dataset.row, (row) => (box.checked ? dropped.delete(row) : dropped.add(row)));
              box.closest("tr").classList.toggle("dropped", !box.checked);
            }
            for (const box of groups) box.closest("tr").classList.toggle("dropped", !box.checked);
            const ranges = [];
            for (const row of [...dropped].sort((a, b) => a - b)) {
              const last = ranges.at(-1);
              if (last && last[1] + 1 === row) last[1] = row;
              else ranges.push([row, row]);
            }
            // A system takes at most 128 KiB as one argument.
            const lists = [""];
            for (const [first, last] of ranges) {
              if (lists.at(-1).length > 100_000) lists.push("");
              lists[lists.length - 1] += `${lists.at(-1) && ","}${first}${last > first ? `-${last}` : ""}`;
            }
            const list = lists.join(" --drop ");
            byId("edit").hidden = dropped.size === 0;
            const apply = byId("apply");
            if (apply) apply.hidden = dropped.size > 0;
            byId("edit-count").textContent = dropped.size === 1 ? "1 row" : `${number(dropped.size)} rows`;
            const status = dropped.size === 0 ? "" : `Leave out ${byId("edit-count").textContent}: `
              + "the command for that is at the end of the page";
            if (byId("edit-status").textContent !== status) byId("edit-status").textContent = status;
            command.textContent = `${command.dataset.before}${list}${command.dataset.after}`;
          };
          // The boxes of a group's rows go with it, and so do those of one ticket's rows.
          [...groups, ...boxes].forEach((box) => box.addEventListener("change", () => {
            const rows = new Set();
            each(box.dataset.rows ?? box.dataset.row, (row) => rows.add(row));
            for (const other of boxes) {
              if (rows.has(parseInt(other.dataset.row, 10))) other.checked = box.checked;
            }
            show();
          }));
          show();
        })();

        """
}

/// Base64 (RFC 4648, section 4), for hashes in a page's policy.
enum Base64 {
    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of some bytes, padded.
    static func text(of bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for place in 0..<3 {
                bits = bits << 8 | (place < group.count ? UInt32(group[start + place]) : 0)
            }
            for place in 0..<4 {
                let isPadding = place > group.count
                text.append(
                    isPadding
                        ? UInt8(ascii: "=") : digits[Int(bits >> UInt32(18 - 6 * place) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
