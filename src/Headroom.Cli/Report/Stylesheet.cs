namespace Headroom.Cli.Report;

/// <summary>How the report looks: by day, by night (on a screen that asks for it), on a phone, on paper.</summary>
internal static class Stylesheet
{
    public const string Text = """
        :root { color-scheme: light dark; --paper: #ffffff; --panel: #f5f7fa; --ink: #1a2330; --soft: #5b6878; --line: #dfe4ea; --accent: #2f6fbd; --accent-soft: #a9c6ea;
          --warm: #d9802e; --warm-soft: #f1c391; --good: #1d7a4c; --bad: #b5352c; --warn: #97650a; --heat: #2461b0; --miss: #c4551d; --on-heat: #ffffff; }
        @media screen and (prefers-color-scheme: dark) { :root { --paper: #12161c; --panel: #1b212a; --ink: #e4e9f0; --soft: #98a5b5; --line: #2d3642; --accent: #6ea8ec; --accent-soft: #33557f;
          --warm: #eba35c; --warm-soft: #7d5227; --good: #5fc791; --bad: #f08279; --warn: #e0b155; --heat: #6ea8ec; --miss: #f0965c; --on-heat: #0d1219; } }
        @media print { :root { color-scheme: light; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
          -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        main { max-width: 56rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
        p { margin: 0 0 .6rem; }
        h1 { margin: 0 0 .5rem; font-size: 1.75rem; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
        h2 { margin: 0 0 1rem; font-size: 1.25rem; line-height: 1.3; font-weight: 650; }
        h3 { margin: 1.6rem 0 .6rem; font-size: 1rem; font-weight: 600; overflow-wrap: anywhere; }
        h3 .soft { font-weight: 400; }
        section { margin-top: 2.5rem; padding-top: 1.8rem; border-top: 1px solid var(--line); }
        code, pre { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; }
        p, td, th, dd, dt, li, text, h1, h3 { unicode-bidi: isolate; }
        .kicker { margin: 0 0 .3rem; color: var(--soft); font-size: .8125rem; letter-spacing: .04em; }
        .meta, .note, .soft, .range, .method, .label { color: var(--soft); }
        .meta, .note { font-size: .875rem; overflow-wrap: anywhere; }
        .badge { padding: .1rem .55rem; border: 1px solid currentColor; border-radius: 1rem; font-size: .8125rem; font-weight: 600; }
        .good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
        nav { margin-top: 1.5rem; font-size: .875rem; line-height: 2; }
        nav a { margin-right: .7rem; color: var(--accent); text-decoration: none; white-space: nowrap; } nav a:hover { text-decoration: underline; }
        .lead { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1rem; margin: 1.4rem 0 1rem; }
        .lead > div { padding: 1.1rem 1.3rem; background: var(--panel); border-radius: .6rem; }
        .label { margin: 0 0 .3rem; font-size: .875rem; }
        .large { margin: 0; font-size: 3.25rem; line-height: 1.15; font-weight: 650; letter-spacing: -.02em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        .lead .range { margin: 0; } .lead .method { margin: .35rem 0 0; font-size: .8125rem; }
        .gates ul { margin: 0; padding: 0; list-style: none; }
        .gates li { display: flex; gap: .6rem; padding: .2rem 0; overflow-wrap: anywhere; } .sign { width: 1rem; flex: none; font-weight: 700; text-align: center; }
        .gates li .soft { font-size: .875rem; }
        .versus p { margin: .4rem 0 0; font-size: .9375rem; }
        .scroll { overflow-x: auto; margin: 0 0 .5rem; }
        table { width: 100%; border-collapse: collapse; font-size: .875rem; line-height: 1.4; }
        th, td { padding: .36rem .8rem .36rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); font-weight: 400; }
        th:last-child, td:last-child { padding-right: 0; }
        thead th { color: var(--soft); font-size: .8125rem; white-space: nowrap; vertical-align: bottom; }
        tbody th { min-width: 7rem; overflow-wrap: anywhere; }
        .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        tr.total > * { font-weight: 600; border-bottom: 0; }
        .track { display: block; height: .45rem; margin: .45rem 0; border-radius: .2rem; background: var(--panel); overflow: hidden; }
        .bar .track { height: .25rem; margin: .15rem 0 .1rem; min-width: 4rem; }
        .fill { display: block; height: 100%; background: var(--accent); } .fill.theirs { background: var(--soft); } .fill.warm { background: var(--warm); }
        .wide { width: 45%; min-width: 7rem; } .compare tbody th { width: 6.5rem; min-width: 0; } .compare .wide { width: auto; } .compare .n { width: 1%; } .compare td, .compare th { border-bottom: 0; padding-bottom: .1rem; }
        table.fixed td.bar { width: 17%; } table.times tbody th { min-width: 9rem; }
        .measurements td.method { min-width: 15rem; font-size: .8125rem; overflow-wrap: anywhere; } .measurements tbody th { min-width: 9.5rem; }
        .facts tbody th { width: 30%; min-width: 8rem; color: var(--soft); } .facts td { overflow-wrap: anywhere; } .hash { font-size: .75rem; overflow-wrap: anywhere; }
        details { margin: .5rem 0; } summary { color: var(--accent); font-size: .875rem; cursor: pointer; }
        pre { margin: 0 0 .6rem; padding: 1rem 1.2rem; background: var(--panel); border-radius: .6rem; line-height: 1.5; overflow-x: auto; tab-size: 4; }
        pre.code { user-select: all; -webkit-user-select: all; } pre.prose { white-space: pre-wrap; overflow-wrap: anywhere; }
        .pair { display: grid; grid-template-columns: minmax(0, 27rem) minmax(0, 1fr); gap: 1rem 2.5rem; align-items: start; }
        .scores { margin: 1.2rem 0; } .scores div { padding: .55rem 0; border-bottom: 1px solid var(--line); } .scores dt { color: var(--soft); font-size: .875rem; }
        .scores dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; } .scores dd span { font-size: .875rem; font-weight: 400; } .scores dd .range { display: block; }
        .legend { margin: 0 0 .6rem; color: var(--soft); font-size: .8125rem; } .legend span { display: inline-block; margin-right: 1.2rem; white-space: nowrap; }
        .legend i, i.box { display: inline-block; margin-right: .45rem; vertical-align: middle; } i.line { width: 1.3rem; border-top: 2.5px solid var(--accent); }
        i.line.raw { border-color: var(--accent-soft); } i.line.ideal { border-top: 1.5px dashed var(--ink); } i.dot { width: .55rem; height: .55rem; border-radius: 50%; background: var(--warm); } i.box { width: .75rem; height: .75rem; border-radius: .15rem; }
        .stack { display: flex; height: 1.7rem; margin-bottom: .8rem; border-radius: .4rem; overflow: hidden; background: var(--panel); } .stack span { flex: none; border-right: 1px solid var(--paper); }
        .k0 { background: #3f7fc6; } .k1 { background: #dd8b40; } .k2 { background: #3f9d78; } .k3 { background: #8d70c0; } .k4 { background: #c95d60; } .k5 { background: #3fa1b2; } .k6 { background: #b7993a; } .k7 { background: #8b95a1; }
        svg { display: block; width: 100%; height: auto; font-family: inherit; }
        svg text { fill: var(--ink); font-size: 12px; } svg .tick { fill: var(--soft); font-variant-numeric: tabular-nums; } svg .name { font-size: 12.5px; }
        svg polyline { fill: none; stroke-linejoin: round; } svg .grid { stroke: var(--line); } svg .axis { stroke: var(--soft); } svg .frame { fill: none; stroke: var(--line); }
        polyline.raw { stroke: var(--accent-soft); stroke-width: 1; } polyline.smooth { stroke: var(--accent); stroke-width: 2; } polyline.rate { stroke: var(--soft); stroke-width: 1.5; }
        polyline.forecast { stroke: var(--warm); stroke-width: 2; } i.line.forecast { border-color: var(--warm); } polyline.naive { stroke: var(--soft); stroke-width: 1.2; stroke-dasharray: 4 3; } i.line.naive { border-top: 1.5px dashed var(--soft); }
        polyline.validation { stroke: var(--warm); stroke-width: 1.2; stroke-dasharray: 3 3; } circle.validation { fill: var(--warm); stroke: var(--paper); }
        rect.accuracy, i.accuracy { fill: var(--accent); background: var(--accent); } rect.over, i.over { fill: var(--warm-soft); background: var(--warm-soft); } rect.under, i.under { fill: var(--accent-soft); background: var(--accent-soft); } rect.count { fill: var(--soft); fill-opacity: .6; }
        line.ideal { stroke: var(--ink); stroke-dasharray: 5 4; stroke-width: 1.2; }
        .whisker line { stroke: var(--soft); stroke-width: 2; } .whisker circle { fill: var(--soft); } .whisker.ours line { stroke: var(--accent); } .whisker.ours circle { fill: var(--accent); }
        .right rect { fill: var(--heat); } .wrong rect { fill: var(--miss); } svg .right text, svg .wrong text { font-size: 10.5px; font-variant-numeric: tabular-nums; } svg .deep text { fill: var(--on-heat); }
        @media screen and (max-width: 40rem) { main { padding: 1.5rem 1rem 3rem; } .large { font-size: 2.6rem; } .pair { grid-template-columns: minmax(0, 1fr); }
          svg:not(.square) { min-width: 30rem; } svg.dense { min-width: 48rem; } svg:not(.square):not(.dense) .tick, svg:not(.square):not(.dense) .name { font-size: 14.5px; } .wide { width: 30%; } }
        @media print { body { font-size: 11pt; } main { max-width: none; padding: 0; } nav, .screen { display: none; } h2, h3, .legend { break-after: avoid; } svg, tr, .lead, .pair, .stack, pre.code { break-inside: avoid; } .scroll { overflow: visible; } details > * { display: block; } pre { white-space: pre-wrap; } }
        """;
}
