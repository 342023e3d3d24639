// The build writes `PackageResources` from Templates and Static. This is the one place that names what is in it: a
// template or a file that is missing here, or there, is found by the compiler or by a test.

let embeddedTemplates: [String: [UInt8]] = [
    "about": PackageResources.about_mustache,
    "dependencies": PackageResources.dependencies_mustache,
    "dependency": PackageResources.dependency_mustache,
    "downloads": PackageResources.downloads_mustache,
    "error": PackageResources.error_mustache,
    "files": PackageResources.files_mustache,
    "home": PackageResources.home_mustache,
    "layout": PackageResources.layout_mustache,
    "not_found": PackageResources.not_found_mustache,
    "notice": PackageResources.notice_mustache,
    "password": PackageResources.password_mustache,
    "password_set": PackageResources.password_set_mustache,
    "person": PackageResources.person_mustache,
    "project": PackageResources.project_mustache,
    "release_row": PackageResources.release_row_mustache,
    "result": PackageResources.result_mustache,
    "search": PackageResources.search_mustache,
    "snippet": PackageResources.snippet_mustache,
    "time": PackageResources.time_mustache,
    "user": PackageResources.user_mustache,
]

extension StaticAsset {
    static let all = [
        StaticAsset(name: "site.css", contentType: "text/css; charset=utf-8", bytes: PackageResources.site_css),
        StaticAsset(name: "site.js", contentType: "text/javascript; charset=utf-8", bytes: PackageResources.site_js),
        StaticAsset(name: "rind.svg", contentType: "image/svg+xml", bytes: PackageResources.rind_svg),
    ]
}
