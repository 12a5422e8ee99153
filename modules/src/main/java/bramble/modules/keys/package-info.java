/** Keys and certificates, of SSH and of TLS: made by the controller, kept on the node. */
@org.jspecify.annotations.NullMarked
package bramble.modules.keys;
