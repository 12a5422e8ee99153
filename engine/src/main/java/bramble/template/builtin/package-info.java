/** The filters, tests, lookups and global functions that Jinja2 and Ansible document, one family a file. */
@org.jspecify.annotations.NullMarked
package bramble.template.builtin;
